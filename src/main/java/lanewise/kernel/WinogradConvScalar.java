package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * {@link WinogradConv} one tile at a time: what its vectors must give, bit for bit. In a frame the filter runs down the
 * columns first, then along the rows. A task is one output channel of one sample.
 */
public final class WinogradConvScalar implements Conv {
    private final ConvGeometry geometry;
    private final Shape in;
    private final Shape out;
    private final WinogradWeights weights;
    private final MinimalFilter filter;
    private final int inputs;
    private final float floor;
    /** Extents of a tile of outputs, and of what it reads. */
    private final Dims step;
    private final Dims window;

    public WinogradConvScalar(ConvGeometry geometry, WinogradWeights weights, boolean relu) {
        this.geometry = geometry;
        in = geometry.in();
        out = geometry.out();
        this.weights = weights;
        filter = weights.form().filter();
        inputs = filter.inputs();
        floor = Floats.floor(relu);
        boolean spatial = weights.form().spatial();
        step = spatial ? Dims.spatial(filter.outputs()) : new Dims(filter.outputs(), 1, 1);
        window = spatial ? Dims.spatial(inputs) : new Dims(inputs, 1, 1);
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
        for (int t = 0; t < out.t() && out.n() > 0; t += step.t()) {
            for (int y = 0; y < out.h(); y += step.h()) {
                for (int x = 0; x < out.w(); x += step.w()) {
                    sums(operands.input(), task / out.c(), task % out.c(), t, y, x, scratch);
                    outputs(scratch);
                    store(operands, task, t, y, x, scratch.inputs);
                }
            }
        }
    }

    private void sums(MemorySegment input, int n, int o, int t, int y, int x, Scratch scratch) {
        Arrays.fill(scratch.products, 0);
        for (int k = 0; k < weights.depth(); k++) {
            inputs(input, n, k % in.c(), t, k / in.c(), y, x, scratch.inputs);
            float[] transformed = transform(scratch);
            for (int e = 0; e < weights.form().elements(); e++) {
                scratch.products[e] = Math.fma(weights.at(e, o, k), transformed[e], scratch.products[e]);
            }
        }
    }

    /** What the tile at (t, y, x) reads of a channel under a tap that is not transformed, zeros for padding. */
    private void inputs(MemorySegment input, int n, int channel, int t, int tap, int y, int x, float[] d) {
        int i = 0;
        for (int dt = 0; dt < window.t(); dt++) {
            int inT = t * geometry.stride().t() - geometry.padding().t() + tap * geometry.dilation().t() + dt;
            for (int dy = 0; dy < window.h(); dy++) {
                int inY = y - geometry.padding().h() + dy;
                for (int dx = 0; dx < window.w(); dx++) {
                    int inX = x - geometry.padding().w() + dx;
                    boolean inside = inT >= 0 && inT < in.t() && inY >= 0 && inY < in.h() && inX >= 0 && inX < in.w();
                    long at = (((long) (n * in.c() + channel) * in.t() + inT) * in.h() + inY) * in.w() + inX;
                    d[i++] = inside ? input.get(FLOAT, 4 * at) : 0;
                }
            }
        }
    }

    private float[] transform(Scratch scratch) {
        int along = weights.form().spatial() ? inputs : 1;
        for (int e = 0; e < inputs; e++) {
            for (int x = 0; x < along; x++) {
                scratch.columns[e * along + x] = filter.input(e, scratch.inputs, x, along);
            }
        }
        if (along == 1) {
            return scratch.columns;
        }
        for (int row = 0; row < inputs; row++) {
            for (int e = 0; e < inputs; e++) {
                scratch.inputs[row * inputs + e] = filter.input(e, scratch.columns, row * inputs, 1);
            }
        }
        return scratch.inputs;
    }

    /** From sums to a tile of outputs. */
    private void outputs(Scratch scratch) {
        int along = weights.form().spatial() ? inputs : 1;
        for (int i = 0; i < filter.outputs(); i++) {
            for (int x = 0; x < along; x++) {
                scratch.columns[i * along + x] = filter.output(i, scratch.products, x, along);
            }
        }
        for (int i = 0; i < filter.outputs(); i++) {
            if (along == 1) {
                scratch.inputs[i] = scratch.columns[i];
                continue;
            }
            for (int j = 0; j < filter.outputs(); j++) {
                scratch.inputs[i * filter.outputs() + j] = filter.output(j, scratch.columns, i * inputs, 1);
            }
        }
    }

    private void store(Operands operands, int plane, int t, int y, int x, float[] outputs) {
        for (int i = 0; i < step.volume(); i++) {
            int outT = t + i / (step.h() * step.w());
            int outY = y + i / step.w() % step.h();
            int outX = x + i % step.w();
            if (outT < out.t() && outY < out.h() && outX < out.w()) {
                long to = 4 * ((((long) plane * out.t() + outT) * out.h() + outY) * out.w() + outX);
                float v = outputs[i] + weights.bias(plane % out.c());
                if (operands.hasOther()) {
                    v += operands.other().get(FLOAT, to);
                }
                operands.output().set(FLOAT, to, Floats.max(v, floor));
            }
        }
    }
}
