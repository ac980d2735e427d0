package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link PlaneKernel8} for 4 output channels: for groups that have no more, and for machines with 16 vector registers, where
 * sums for 6 channels fit, but the groups of networks are powers of two.
 */
final class PlaneKernel4 {
    private PlaneKernel4() {}

    /**
     * {@code memory[to + r * pitch + p] = sum over k ascending of weights[k][r] * memory[offsets[k] + from + p]} for
     * 4 rows and {@link Tile#pixels()} positions; all places in bytes.
     *
     * @param weights packed weight panel [offsets][4]
     * @param memory planes and sums
     */
    static void multiply(MemorySegment weights, MemorySegment memory, int[] offsets, int from, long to, long pitch) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector low0 = zero, high0 = zero;
        FloatVector low1 = zero, high1 = zero;
        FloatVector low2 = zero, high2 = zero;
        FloatVector low3 = zero, high3 = zero;
        for (int k = 0; k < offsets.length; k++) {
            long at = k * 16L;
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
        }
        low0.intoMemorySegment(memory, to, ORDER);
        high0.intoMemorySegment(memory, to + BYTES, ORDER);
        low1.intoMemorySegment(memory, to + pitch, ORDER);
        high1.intoMemorySegment(memory, to + pitch + BYTES, ORDER);
        low2.intoMemorySegment(memory, to + 2 * pitch, ORDER);
        high2.intoMemorySegment(memory, to + 2 * pitch + BYTES, ORDER);
        low3.intoMemorySegment(memory, to + 3 * pitch, ORDER);
        high3.intoMemorySegment(memory, to + 3 * pitch + BYTES, ORDER);
    }
}
