package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * A tile of one row by two vectors, for a single sample of {@link Linear}: each weight is used once, so memory sets the pace,
 * and more rows would only keep the multiply-add units from asking for the next weights.
 */
final class MicroKernel1 {
    private MicroKernel1() {}

    /**
     * {@code sums[o] = sum over k ascending of x[k] * weights[k][o]}, each a chain of fused multiply-adds that starts at zero.
     *
     * @param x [depth]
     * @param weights packed panel [depth][{@link Tile#pixels()}]
     * @param sums receives [{@link Tile#pixels()}]
     */
    static void multiply(MemorySegment x, MemorySegment weights, int depth, MemorySegment sums) {
        FloatVector low = FloatVector.zero(SPECIES);
        FloatVector high = FloatVector.zero(SPECIES);
        for (int k = 0; k < depth; k++) {
            long at = k * (2L * BYTES);
            FloatVector broadcast = FloatVector.broadcast(SPECIES, x.get(FLOAT, 4L * k));
            low = broadcast.fma(FloatVector.fromMemorySegment(SPECIES, weights, at, ORDER), low);
            high = broadcast.fma(FloatVector.fromMemorySegment(SPECIES, weights, at + BYTES, ORDER), high);
        }
        low.intoMemorySegment(sums, 0, ORDER);
        high.intoMemorySegment(sums, BYTES, ORDER);
    }
}
