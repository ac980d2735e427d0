package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * The convolution as it is defined, one output element at a time: what {@link DirectConv} must give, bit for bit.
 * A task is one output channel of one sample.
 */
public final class DirectConvScalar implements Conv {
    private final ConvGeometry geometry;
    private final ConvWeights weights;
    private final float floor;
    private final Shape out;

    public DirectConvScalar(ConvGeometry geometry, ConvWeights weights, boolean relu) {
        this.geometry = geometry;
        this.weights = weights;
        floor = Floats.floor(relu);
        this.out = geometry.out();
    }

    @Override
    public Mode mode() {
        return Mode.SCALAR;
    }

    @Override
    public int tasks() {
        return Math.max(1, out.n() * out.c());
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        if (out.elements() == 0) {
            return;
        }
        int n = task / out.c();
        int o = task % out.c();
        long to = 4L * task * out.plane();
        for (int t = 0; t < out.t(); t++) {
            for (int y = 0; y < out.h(); y++) {
                for (int x = 0; x < out.w(); x++) {
                    float v = sum(operands.input(), n, o, t, y, x) + weights.bias(o);
                    if (operands.hasOther()) {
                        v += operands.other().get(FLOAT, to);
                    }
                    operands.output().set(FLOAT, to, Floats.max(v, floor));
                    to += 4;
                }
            }
        }
    }

    private float sum(MemorySegment input, int n, int o, int t, int y, int x) {
        Dims kernel = geometry.kernel();
        Shape in = geometry.in();
        int channels = geometry.groupChannels();
        int firstChannel = n * in.c() + o / geometry.groupOutputs() * channels;
        float sum = 0;
        int k = 0;
        for (int kt = 0; kt < kernel.t(); kt++) {
            int inT = t * geometry.stride().t() - geometry.padding().t() + kt * geometry.dilation().t();
            for (int ky = 0; ky < kernel.h(); ky++) {
                int inY = y * geometry.stride().h() - geometry.padding().h() + ky * geometry.dilation().h();
                for (int kx = 0; kx < kernel.w(); kx++) {
                    int inX = x * geometry.stride().w() - geometry.padding().w() + kx * geometry.dilation().w();
                    boolean inside = inT >= 0 && inT < in.t() && inY >= 0 && inY < in.h() && inX >= 0 && inX < in.w();
                    for (int i = 0; i < channels; i++) {
                        float w = weights.at(o, k++);
                        if (inside) {
                            int at = (((firstChannel + i) * in.t() + inT) * in.h() + inY) * in.w() + inX;
                            sum = Math.fma(w, input.get(FLOAT, 4L * at), sum);
                        } else if (Float.isFinite(w)) {
                            sum = Math.fma(w, 0f, sum);
                        }
                    }
                }
            }
        }
        return sum;
    }
}
