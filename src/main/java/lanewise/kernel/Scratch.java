package lanewise.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Working memory of one thread: room for panels and result tiles, and a few numbers. */
public final class Scratch {
    final MemorySegment memory;
    /** Result tiles, one for each product of {@link F43}; the other kernels use the first. */
    final MemorySegment[] tiles = new MemorySegment[F43.INPUTS];
    /** All of them, one every {@link Tile#MOST_BYTES}. */
    final MemorySegment sums;
    private final List<MemorySegment[]> panels = new ArrayList<>();
    /** Where the inputs of a vector of tiles lie, see {@link AxisTiles#window}. */
    final long[] window = new long[2 * F43.INPUTS];
    /** Inputs and products of one tile, for the plain loops. */
    final float[] inputs = new float[F43.INPUTS];
    final float[] products = new float[F43.INPUTS];
    final int[] runs = new int[PixelPacker.RUN_INTS];

    /** @param bytes room for panels: the most that one of the kernels needs */
    public Scratch(Arena arena, long bytes) {
        memory = arena.allocate(bytes, 64);
        sums = arena.allocate(F43.INPUTS * Tile.MOST_BYTES, 64);
        Arrays.setAll(tiles, e -> sums.asSlice(e * Tile.MOST_BYTES, Tile.MOST_BYTES));
    }

    /**
     * The memory cut into panels: slices are kept, so that a kernel makes objects in its first run only.
     *
     * @return at least {@code count} panels of {@code bytes} each, one behind the other from the memory's start
     */
    MemorySegment[] panels(int count, long bytes) {
        for (int i = 0; i < panels.size(); i++) {
            MemorySegment[] known = panels.get(i);
            if (known.length >= count && known[0].byteSize() == bytes) {
                return known;
            }
        }
        MemorySegment[] cut = new MemorySegment[count];
        Arrays.setAll(cut, p -> memory.asSlice(p * bytes, bytes));
        panels.add(cut);
        return cut;
    }

    /** Native bytes that a scratch memory holds with {@code bytes} of room for panels. */
    public static long held(long bytes) {
        return bytes + F43.INPUTS * Tile.MOST_BYTES;
    }
}
