package lanewise.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Working memory of one thread: room for panels, for one result tile, and a few integers for the runs of a pixel panel. */
public final class Scratch {
    final MemorySegment memory;
    final MemorySegment sums;
    final int[] runs = new int[PixelPacker.RUN_INTS];

    /** @param bytes room for panels: the most that one of the kernels needs */
    public Scratch(Arena arena, long bytes) {
        memory = arena.allocate(bytes, 64);
        sums = arena.allocate(Tile.MOST_BYTES, 64);
    }

    /** Native bytes that a scratch memory holds with {@code bytes} of room for panels. */
    public static long held(long bytes) {
        return bytes + Tile.MOST_BYTES;
    }
}
