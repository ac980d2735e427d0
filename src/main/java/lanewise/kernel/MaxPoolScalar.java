package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import lanewise.tensor.Shape;

/** The plain twin of {@link MaxPool}. */
public final class MaxPoolScalar implements Kernel {
    private final PoolGeometry geometry;
    private final Shape in;
    private final Shape out;

    public MaxPoolScalar(PoolGeometry geometry) {
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
                    operands.output().set(FLOAT, 4L * to++, max(operands, task, t, y, x));
                }
            }
        }
    }

    private float max(Operands operands, int plane, int t, int y, int x) {
        float max = Float.NEGATIVE_INFINITY;
        for (int kt = 0; kt < geometry.kernel().t(); kt++) {
            for (int ky = 0; ky < geometry.kernel().h(); ky++) {
                for (int kx = 0; kx < geometry.kernel().w(); kx++) {
                    int inT = t * geometry.stride().t() - geometry.padding().t() + kt;
                    int inY = y * geometry.stride().h() - geometry.padding().h() + ky;
                    int inX = x * geometry.stride().w() - geometry.padding().w() + kx;
                    if (inT >= 0 && inT < in.t() && inY >= 0 && inY < in.h() && inX >= 0 && inX < in.w()) {
                        long at = 4L * (((plane * in.t() + inT) * in.h() + inY) * in.w() + inX);
                        max = Math.max(max, operands.input().get(FLOAT, at));
                    }
                }
            }
        }
        return max;
    }
}
