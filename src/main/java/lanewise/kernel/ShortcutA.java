package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * The short-cut without weights (option A of He et al. 2015, section 3.3): every stride-th pixel, zero channels before
 * and behind. It only moves data, so there is one form of it. Planar layout; a task is one output channel of one sample.
 */
public final class ShortcutA implements Kernel {
    private final Shape in;
    private final Shape out;
    private final Dims stride;
    private final int before;

    /**
     * @param before zero channels in front of the input's
     * @param behind zero channels behind them
     */
    public ShortcutA(Shape in, Dims stride, int before, int behind) {
        this.in = in;
        this.stride = stride;
        this.before = before;
        out = new ConvGeometry(in.withChannels(1), 1, Dims.ONE, stride, Dims.ZERO, Dims.ONE, 1).out()
                .withChannels(before + in.c() + behind);
    }

    public Shape out() {
        return out;
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
        int channel = task % out.c() - before;
        boolean zero = channel < 0 || channel >= in.c();
        int plane = zero ? 0 : task / out.c() * in.c() + channel;
        long to = 4L * task * out.plane();
        for (int t = 0; t < out.t(); t++) {
            for (int y = 0; y < out.h(); y++) {
                for (int x = 0; x < out.w(); x++) {
                    int at = ((plane * in.t() + t * stride.t()) * in.h() + y * stride.h()) * in.w() + x * stride.w();
                    operands.output().set(FLOAT, to, zero ? 0f : operands.input().get(FLOAT, 4L * at));
                    to += 4;
                }
            }
        }
    }
}
