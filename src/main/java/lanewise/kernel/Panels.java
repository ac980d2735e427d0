package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Panels of packed weights, one behind the other in native memory. They are put in order in arrays and copied whole: loops
 * over arrays are fast soon after the start of a JVM, element-wise access to native memory is not until C2 has compiled it.
 */
final class Panels {
    private Panels() {}

    /** {@code count} panels, on cache lines where their size allows. */
    static MemorySegment[] allocate(Arena arena, int count, int floats) {
        long bytes = 4L * floats;
        MemorySegment memory = arena.allocate(count * bytes, 64);
        MemorySegment[] panels = new MemorySegment[count];
        Arrays.setAll(panels, p -> memory.asSlice(p * bytes, bytes));
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
    static MemorySegment copy(Arena arena, MemorySegment source, int floats) {
        MemorySegment copy = arena.allocate(4L * floats, 64);
        MemorySegment.copy(source, 0, copy, 0, 4L * floats);
        return copy;
    }
}
