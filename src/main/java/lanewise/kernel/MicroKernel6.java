package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Tile#ROWS6}: 6 output channels by two vectors of pixels, 12 accumulators.
 *
 * <p>Every offset starts at zero, which C2 needs to prove that offsets do not wrap: with a base added to them the checks
 * stay in the loop, a quarter of the speed where there are 16 registers. The callers keep the slices, for C2 does not
 * always do without the object where one is cut here. One flat loop: nested or hand-unrolled loops spill accumulators.
 */
final class MicroKernel6 {
    private MicroKernel6() {}

    static void multiply(MemorySegment weights, MemorySegment pixels, int depth, MemorySegment sums) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector low0 = zero, high0 = zero;
        FloatVector low1 = zero, high1 = zero;
        FloatVector low2 = zero, high2 = zero;
        FloatVector low3 = zero, high3 = zero;
        FloatVector low4 = zero, high4 = zero;
        FloatVector low5 = zero, high5 = zero;
        for (int k = 0; k < depth; k++) {
            long at = k * 24L;
            long bt = k * (2L * BYTES);
            FloatVector low = FloatVector.fromMemorySegment(SPECIES, pixels, bt, ORDER);
            FloatVector high = FloatVector.fromMemorySegment(SPECIES, pixels, bt + BYTES, ORDER);
            FloatVector w0 = FloatVector.broadcast(SPECIES, weights.get(FLOAT, at));
            low0 = w0.fma(low, low0);
            high0 = w0.fma(high, high0);
            FloatVector w1 = FloatVector.broadcast(SPECIES, weights.get(FLOAT, at + 4));
            low1 = w1.fma(low, low1);
            high1 = w1.fma(high, high1);
            FloatVector w2 = FloatVector.broadcast(SPECIES, weights.get(FLOAT, at + 8));
            low2 = w2.fma(low, low2);
            high2 = w2.fma(high, high2);
            FloatVector w3 = FloatVector.broadcast(SPECIES, weights.get(FLOAT, at + 12));
            low3 = w3.fma(low, low3);
            high3 = w3.fma(high, high3);
            FloatVector w4 = FloatVector.broadcast(SPECIES, weights.get(FLOAT, at + 16));
            low4 = w4.fma(low, low4);
            high4 = w4.fma(high, high4);
            FloatVector w5 = FloatVector.broadcast(SPECIES, weights.get(FLOAT, at + 20));
            low5 = w5.fma(low, low5);
            high5 = w5.fma(high, high5);
        }
        low0.intoMemorySegment(sums, 0, ORDER);
        high0.intoMemorySegment(sums, BYTES, ORDER);
        low1.intoMemorySegment(sums, 2 * BYTES, ORDER);
        high1.intoMemorySegment(sums, 3 * BYTES, ORDER);
        low2.intoMemorySegment(sums, 4 * BYTES, ORDER);
        high2.intoMemorySegment(sums, 5 * BYTES, ORDER);
        low3.intoMemorySegment(sums, 6 * BYTES, ORDER);
        high3.intoMemorySegment(sums, 7 * BYTES, ORDER);
        low4.intoMemorySegment(sums, 8 * BYTES, ORDER);
        high4.intoMemorySegment(sums, 9 * BYTES, ORDER);
        low5.intoMemorySegment(sums, 10 * BYTES, ORDER);
        high5.intoMemorySegment(sums, 11 * BYTES, ORDER);
    }
}
