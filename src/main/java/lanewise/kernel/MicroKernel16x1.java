package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Tile#ROWS8} on the lower half of a pixel panel: two weight panels by one vector, 16 accumulators, so that few
 * pixels keep all lanes busy. Built like {@link MicroKernel8}.
 */
final class MicroKernel16x1 {
    private MicroKernel16x1() {}

    static void multiply(MemorySegment upper, MemorySegment lower, MemorySegment pixels, int depth, MemorySegment upperSums,
            MemorySegment lowerSums) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector upper0 = zero, lower0 = zero, upper1 = zero, lower1 = zero;
        FloatVector upper2 = zero, lower2 = zero, upper3 = zero, lower3 = zero;
        FloatVector upper4 = zero, lower4 = zero, upper5 = zero, lower5 = zero;
        FloatVector upper6 = zero, lower6 = zero, upper7 = zero, lower7 = zero;
        for (int k = 0; k < depth; k++) {
            long at = k * 32L;
            FloatVector x = FloatVector.fromMemorySegment(SPECIES, pixels, k * (2L * BYTES), ORDER);
            upper0 = FloatVector.broadcast(SPECIES, upper.get(FLOAT, at)).fma(x, upper0);
            upper1 = FloatVector.broadcast(SPECIES, upper.get(FLOAT, at + 4)).fma(x, upper1);
            upper2 = FloatVector.broadcast(SPECIES, upper.get(FLOAT, at + 8)).fma(x, upper2);
            upper3 = FloatVector.broadcast(SPECIES, upper.get(FLOAT, at + 12)).fma(x, upper3);
            upper4 = FloatVector.broadcast(SPECIES, upper.get(FLOAT, at + 16)).fma(x, upper4);
            upper5 = FloatVector.broadcast(SPECIES, upper.get(FLOAT, at + 20)).fma(x, upper5);
            upper6 = FloatVector.broadcast(SPECIES, upper.get(FLOAT, at + 24)).fma(x, upper6);
            upper7 = FloatVector.broadcast(SPECIES, upper.get(FLOAT, at + 28)).fma(x, upper7);
            lower0 = FloatVector.broadcast(SPECIES, lower.get(FLOAT, at)).fma(x, lower0);
            lower1 = FloatVector.broadcast(SPECIES, lower.get(FLOAT, at + 4)).fma(x, lower1);
            lower2 = FloatVector.broadcast(SPECIES, lower.get(FLOAT, at + 8)).fma(x, lower2);
            lower3 = FloatVector.broadcast(SPECIES, lower.get(FLOAT, at + 12)).fma(x, lower3);
            lower4 = FloatVector.broadcast(SPECIES, lower.get(FLOAT, at + 16)).fma(x, lower4);
            lower5 = FloatVector.broadcast(SPECIES, lower.get(FLOAT, at + 20)).fma(x, lower5);
            lower6 = FloatVector.broadcast(SPECIES, lower.get(FLOAT, at + 24)).fma(x, lower6);
            lower7 = FloatVector.broadcast(SPECIES, lower.get(FLOAT, at + 28)).fma(x, lower7);
        }
        upper0.intoMemorySegment(upperSums, 0, ORDER);
        upper1.intoMemorySegment(upperSums, 2 * BYTES, ORDER);
        upper2.intoMemorySegment(upperSums, 4 * BYTES, ORDER);
        upper3.intoMemorySegment(upperSums, 6 * BYTES, ORDER);
        upper4.intoMemorySegment(upperSums, 8 * BYTES, ORDER);
        upper5.intoMemorySegment(upperSums, 10 * BYTES, ORDER);
        upper6.intoMemorySegment(upperSums, 12 * BYTES, ORDER);
        upper7.intoMemorySegment(upperSums, 14 * BYTES, ORDER);
        lower0.intoMemorySegment(lowerSums, 0, ORDER);
        lower1.intoMemorySegment(lowerSums, 2 * BYTES, ORDER);
        lower2.intoMemorySegment(lowerSums, 4 * BYTES, ORDER);
        lower3.intoMemorySegment(lowerSums, 6 * BYTES, ORDER);
        lower4.intoMemorySegment(lowerSums, 8 * BYTES, ORDER);
        lower5.intoMemorySegment(lowerSums, 10 * BYTES, ORDER);
        lower6.intoMemorySegment(lowerSums, 12 * BYTES, ORDER);
        lower7.intoMemorySegment(lowerSums, 14 * BYTES, ORDER);
    }
}
