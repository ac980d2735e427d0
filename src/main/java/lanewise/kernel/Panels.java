package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Arrays;

/**
 * Panels of packed weights, one behind the other in native memory. They are put in order in arrays and copied whole: loops
 * over arrays are fast soon after the start of a JVM, element-wise access to native memory is not until C2 has compiled it.
 */
final class Panels {
    private static final long LINE = 64;

    private Panels() {}

    /** Bytes that so many floats take on cache lines of their own. */
    static long bytes(long floats) {
        return Math.multiplyExact(Math.ceilDiv(Math.multiplyExact(4, floats), LINE), LINE);
    }

    /** {@code count} panels, on cache lines where their size allows. */
    static MemorySegment[] allocate(SegmentAllocator memory, int count, int floats) {
        long bytes = 4L * floats;
        MemorySegment all = memory.allocate(count * bytes, LINE);
        MemorySegment[] panels = new MemorySegment[count];
        Arrays.setAll(panels, p -> all.asSlice(p * bytes, bytes));
        return panels;
    }

    /** Copies {@code count} values that lie {@code stride} apart side by side. */
    static void gather(float[] source, int at, int stride, float[] target, int to, int count) {
        for (int i = 0; i < count; i++) {
            target[to + i] = source[at + i * stride];
        }
    }

    static void fill(MemorySegment panel, float[] values) {
        MemorySegment.copy(values, 0, panel, FLOAT, 0, values.length);
    }

    /** A copy of one value for each output, on cache lines. */
    static MemorySegment copy(SegmentAllocator memory, MemorySegment source, int floats) {
        MemorySegment copy = memory.allocate(4L * floats, LINE);
        MemorySegment.copy(source, 0, copy, 0, 4L * floats);
        return copy;
    }
}
