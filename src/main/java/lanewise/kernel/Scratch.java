package lanewise.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Working memory of one thread: room for panels, a result tile, and a few numbers. */
public final class Scratch {
    final MemorySegment memory;
    /** A result tile and one vector behind it. */
    final MemorySegment tile;
    private final List<Cut> cuts = new ArrayList<>();
    /** Where the input rows or frames of tiles lie, see {@link SpaceTransform#columns} and {@link TimeTransform#inputs}. */
    final long[] sources = new long[MinimalFilter.MOST_INPUTS];
    /** Inputs of one tile, its transform half done and done, and its sums of products, for the plain loops. */
    final float[] inputs = new float[MinimalFilter.MOST_INPUTS * MinimalFilter.MOST_INPUTS];
    final float[] columns = new float[inputs.length];
    final float[] products = new float[inputs.length];
    final int[] runs = new int[PixelPacker.RUN_INTS];

    private record Cut(long offset, long bytes, MemorySegment[] slices) {}

    /** @param bytes room for panels: the most that one of the kernels needs */
    public Scratch(Arena arena, long bytes) {
        memory = arena.allocate(bytes, 64);
        tile = arena.allocate(Tile.MOST_BYTES, 64);
    }

    /**
     * Slices of the memory, one behind the other. They are kept, so that a kernel makes objects in its first run only.
     *
     * @return at least {@code count} slices of {@code bytes} each, from {@code offset} on
     */
    MemorySegment[] cut(long offset, int count, long bytes) {
        for (int i = 0; i < cuts.size(); i++) {
            Cut cut = cuts.get(i);
            if (cut.offset == offset && cut.bytes == bytes && cut.slices.length >= count) {
                return cut.slices;
            }
        }
        MemorySegment[] slices = new MemorySegment[count];
        Arrays.setAll(slices, i -> memory.asSlice(offset + i * bytes, bytes));
        cuts.add(new Cut(offset, bytes, slices));
        return slices;
    }

    /** Native bytes that a scratch memory holds with {@code bytes} of room for panels. */
    public static long held(long bytes) {
        return bytes + Tile.MOST_BYTES;
    }
}
