package lanewise.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Where each value of a plan lies in one block of memory. Values whose lifetimes do not meet share room: the largest are
 * placed first, each at the lowest offset that is free all its life.
 *
 * @param offsets byte offset of each value, -1 for values that do not exist
 * @param bytes size of the block
 */
record Slab(long[] offsets, long bytes) {
    /** Values start on a cache line. */
    private static final long ALIGNMENT = 64;

    /** A value: its number, its bytes, the step that writes it and the last one that reads it. */
    record Life(int value, long bytes, int from, int to) {
        boolean meets(Life other) {
            return from <= other.to && other.from <= to;
        }

        long room() {
            return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }

    static Slab of(List<Life> lives, int values) {
        long[] offsets = new long[values];
        Arrays.fill(offsets, -1);
        List<Life> placed = new ArrayList<>();
        long bytes = 0;
        for (Life life : lives.stream().sorted(Comparator.comparingLong(Life::room).reversed()).toList()) {
            long offset = 0;
            List<Life> neighbours = placed.stream().filter(life::meets)
                    .sorted(Comparator.comparingLong(other -> offsets[other.value])).toList();
            for (Life other : neighbours) {
                if (offset + life.room() <= offsets[other.value]) {
                    break;
                }
                offset = Math.max(offset, offsets[other.value] + other.room());
            }
            offsets[life.value] = offset;
            placed.add(life);
            bytes = Math.max(bytes, offset + life.room());
        }
        return new Slab(offsets, bytes);
    }
}
