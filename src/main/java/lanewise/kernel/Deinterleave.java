package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Every second element of two adjacent vectors as one. A rearrange of each half and a blend: on HotSpot this is faster
 * than the two-vector rearrange.
 */
final class Deinterleave {
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(SPECIES, i -> 2 * i % COUNT);
    private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(SPECIES, i -> 2 * i % COUNT + 1);
    private static final VectorMask<Float> UPPER_HALF = SPECIES.indexInRange(0, COUNT / 2).not();

    private Deinterleave() {}

    /** Elements 0, 2, 4, … of the two vectors that start at {@code offset} bytes. */
    static FloatVector even(MemorySegment segment, long offset) {
        return every(EVEN, segment, offset);
    }

    /** Elements 1, 3, 5, … of the two vectors that start at {@code offset} bytes. */
    static FloatVector odd(MemorySegment segment, long offset) {
        return every(ODD, segment, offset);
    }

    private static FloatVector every(VectorShuffle<Float> lanes, MemorySegment segment, long offset) {
        FloatVector first = FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER).rearrange(lanes);
        FloatVector second = FloatVector.fromMemorySegment(SPECIES, segment, offset + BYTES, ORDER).rearrange(lanes);
        return first.blend(second, UPPER_HALF);
    }
}
