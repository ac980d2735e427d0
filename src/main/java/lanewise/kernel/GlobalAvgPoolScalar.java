package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;
import lanewise.tensor.Shape;

/** The plain twin of {@link GlobalAvgPool}. */
public final class GlobalAvgPoolScalar implements Kernel {
    static final int PARTIAL_SUMS = 16;

    private final Shape in;

    public GlobalAvgPoolScalar(Shape in) {
        if (in.plane() == 0) {
            throw new IllegalArgumentException("the mean of an empty map is not defined: " + in);
        }
        this.in = in;
    }

    @Override
    public Mode mode() {
        return Mode.SCALAR;
    }

    @Override
    public int tasks() {
        return 1;
    }

    @Override
    public long scratchBytes() {
        return 4L * PARTIAL_SUMS;
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        MemorySegment sums = scratch.memory;
        for (int plane = 0; plane < in.n() * in.c(); plane++) {
            for (int i = 0; i < PARTIAL_SUMS; i++) {
                sums.set(FLOAT, 4L * i, 0);
            }
            for (int i = 0; i < in.plane(); i++) {
                long sum = 4L * (i % PARTIAL_SUMS);
                sums.set(FLOAT, sum, sums.get(FLOAT, sum) + operands.input().get(FLOAT, 4L * (plane * in.plane() + i)));
            }
            operands.output().set(FLOAT, 4L * plane, fold(sums) / in.plane());
        }
    }

    /** Adds the upper half to the lower until one sum is left. */
    static float fold(MemorySegment sums) {
        for (int half = PARTIAL_SUMS / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums.set(FLOAT, 4L * i, sums.get(FLOAT, 4L * i) + sums.get(FLOAT, 4L * (i + half)));
            }
        }
        return sums.get(FLOAT, 0);
    }
}
