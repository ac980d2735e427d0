package lanewise.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Working memory of one thread: room for panels, for one result tile, and a few integers for the runs of a pixel panel. */
public final class Scratch {
    final MemorySegment memory;
    /** The result tiles of the six products of {@link F43}, one behind the other. */
    final MemorySegment sums;
    final MemorySegment[] elements = new MemorySegment[F43.INPUTS];
    final float[] inputs = new float[F43.INPUTS];
    final float[] tile = new float[F43.INPUTS];
    final long[] window = new long[2 * F43.INPUTS];
    final int[] runs = new int[PixelPacker.RUN_INTS];

    public Scratch(Arena arena, long bytes) {
        memory = arena.allocate(bytes, 64);
        sums = arena.allocate((F43.INPUTS + 1) * Tile.MOST_BYTES, 64);
        Arrays.setAll(elements, e -> sums.asSlice(e * Tile.MOST_BYTES, Tile.MOST_BYTES));
    }
}
