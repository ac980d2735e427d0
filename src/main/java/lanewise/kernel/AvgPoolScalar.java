package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import lanewise.tensor.Shape;

/** The plain twin of {@link AvgPool}. */
public final class AvgPoolScalar implements Kernel {
    private final AvgPoolGeometry geometry;
    private final Shape in;
    private final Shape out;

    public AvgPoolScalar(AvgPoolGeometry geometry) {
        this.geometry = geometry;
        in = geometry.in();
        out = geometry.out();
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
        int to = task * out.plane();
        for (int t = 0; t < out.t(); t++) {
            for (int y = 0; y < out.h(); y++) {
                for (int x = 0; x < out.w(); x++) {
                    operands.output().set(FLOAT, 4L * to++, mean(operands, task, t * geometry.stride().t(),
                            y * geometry.stride().h(), x * geometry.stride().w()));
                }
            }
        }
    }

    private float mean(Operands operands, int plane, int firstT, int firstY, int firstX) {
        int endT = Math.min(in.t(), firstT + geometry.kernel().t());
        int endY = Math.min(in.h(), firstY + geometry.kernel().h());
        int endX = Math.min(in.w(), firstX + geometry.kernel().w());
        // Adding to -0 changes no bit of the first element, which 0 would where that is -0.
        float sum = -0f;
        for (int x = firstX; x < endX; x++) {
            float column = -0f;
            for (int t = firstT; t < endT; t++) {
                for (int y = firstY; y < endY; y++) {
                    column += operands.input().get(FLOAT, 4L * (((plane * in.t() + t) * in.h() + y) * in.w() + x));
                }
            }
            sum += column;
        }
        return sum / ((endT - firstT) * (endY - firstY) * (endX - firstX));
    }
}
