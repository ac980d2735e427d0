package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link MicroKernel8} on padded planes: 8 output channels by two vectors of positions, for machines with 32 vector registers.
 *
 * <p>What one step of the depth reads lies at an offset from a table. C2 cannot see that a sum of two ints is not negative;
 * with the sign bit masked off it is left with one comparison a load.
 */
final class PlaneKernel8 {
    private PlaneKernel8() {}

    /**
     * {@code memory[to + r * pitch + p] = sum over k ascending of weights[k][r] * memory[offsets[k] + from + p]} for
     * 8 rows and {@link Tile#pixels()} positions; all places in bytes.
     *
     * @param weights packed weight panel [offsets][8]
     * @param memory planes and sums
     */
    static void multiply(MemorySegment weights, MemorySegment memory, int[] offsets, int from, long to, long pitch) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector low0 = zero, high0 = zero;
        FloatVector low1 = zero, high1 = zero;
        FloatVector low2 = zero, high2 = zero;
        FloatVector low3 = zero, high3 = zero;
        FloatVector low4 = zero, high4 = zero;
        FloatVector low5 = zero, high5 = zero;
        FloatVector low6 = zero, high6 = zero;
        FloatVector low7 = zero, high7 = zero;
        for (int k = 0; k < offsets.length; k++) {
            long at = k * 32L;
            long bt = offsets[k] + from & Integer.MAX_VALUE;
            FloatVector low = FloatVector.fromMemorySegment(SPECIES, memory, bt, ORDER);
            FloatVector high = FloatVector.fromMemorySegment(SPECIES, memory, bt + BYTES, ORDER);
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
            FloatVector w6 = FloatVector.broadcast(SPECIES, weights.get(FLOAT, at + 24));
            low6 = w6.fma(low, low6);
            high6 = w6.fma(high, high6);
            FloatVector w7 = FloatVector.broadcast(SPECIES, weights.get(FLOAT, at + 28));
            low7 = w7.fma(low, low7);
            high7 = w7.fma(high, high7);
        }
        low0.intoMemorySegment(memory, to, ORDER);
        high0.intoMemorySegment(memory, to + BYTES, ORDER);
        low1.intoMemorySegment(memory, to + pitch, ORDER);
        high1.intoMemorySegment(memory, to + pitch + BYTES, ORDER);
        low2.intoMemorySegment(memory, to + 2 * pitch, ORDER);
        high2.intoMemorySegment(memory, to + 2 * pitch + BYTES, ORDER);
        low3.intoMemorySegment(memory, to + 3 * pitch, ORDER);
        high3.intoMemorySegment(memory, to + 3 * pitch + BYTES, ORDER);
        low4.intoMemorySegment(memory, to + 4 * pitch, ORDER);
        high4.intoMemorySegment(memory, to + 4 * pitch + BYTES, ORDER);
        low5.intoMemorySegment(memory, to + 5 * pitch, ORDER);
        high5.intoMemorySegment(memory, to + 5 * pitch + BYTES, ORDER);
        low6.intoMemorySegment(memory, to + 6 * pitch, ORDER);
        high6.intoMemorySegment(memory, to + 6 * pitch + BYTES, ORDER);
        low7.intoMemorySegment(memory, to + 7 * pitch, ORDER);
        high7.intoMemorySegment(memory, to + 7 * pitch + BYTES, ORDER);
    }
}
