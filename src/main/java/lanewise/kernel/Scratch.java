package lanewise.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Working memory of one thread: room for panels, for one result tile, and a few integers for the runs of a pixel panel. */
public final class Scratch {
    final MemorySegment memory;
    final MemorySegment sums;
    private final List<MemorySegment[]> panels = new ArrayList<>();
    final int[] runs = new int[PixelPacker.RUN_INTS];

    /** @param bytes room for panels: the most that one of the kernels needs */
    public Scratch(Arena arena, long bytes) {
        memory = arena.allocate(bytes, 64);
        sums = arena.allocate(Tile.MOST_BYTES, 64);
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
        return bytes + Tile.MOST_BYTES;
    }
}
