package lanewise.kernel;

import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.GlobalAvgPoolScalar.PARTIAL_SUMS;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import lanewise.tensor.Shape;

/**
 * The mean of each channel. Element {@code i} of a channel goes to partial sum {@code i mod 16}; the sixteen partial
 * sums are then folded by halves and divided by the count: the same bits for vectors of 4, 8 and 16 lanes.
 * Planar layout in, N C out. A task is one channel of one sample.
 */
public final class GlobalAvgPool implements Kernel {
    private final Shape in;

    /** @param in a shape whose map is not empty */
    public GlobalAvgPool(Shape in) {
        if (in.plane() == 0) {
            throw new IllegalArgumentException("the mean of an empty map is not defined: " + in);
        }
        this.in = in;
    }

    @Override
    public Mode mode() {
        return Mode.VECTOR;
    }

    @Override
    public int tasks() {
        return Math.max(1, in.n() * in.c());
    }

    @Override
    public long scratchBytes() {
        return 4L * PARTIAL_SUMS;
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        if (in.elements() == 0) {
            return;
        }
        MemorySegment sums = scratch.memory;
        sums.asSlice(0, 4L * PARTIAL_SUMS).fill((byte) 0);
        addPlane(operands.input(), 4L * task * in.plane(), in.plane(), sums);
        operands.output().set(FLOAT, 4L * task, GlobalAvgPoolScalar.fold(sums) / in.plane());
    }

    private static void addPlane(MemorySegment input, long from, int length, MemorySegment sums) {
        int i = 0;
        for (; i + COUNT <= length; i += COUNT) {
            long sum = 4L * (i % PARTIAL_SUMS);
            FloatVector.fromMemorySegment(SPECIES, sums, sum, ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, input, from + 4L * i, ORDER))
                    .intoMemorySegment(sums, sum, ORDER);
        }
        for (; i < length; i++) {
            long sum = 4L * (i % PARTIAL_SUMS);
            sums.set(FLOAT, sum, sums.get(FLOAT, sum) + input.get(FLOAT, from + 4L * i));
        }
    }
}
