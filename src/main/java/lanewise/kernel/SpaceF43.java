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
 * F(4×4,3×3). Each method is a compilation unit of its own: two of them inlined into one caller would pass C2's limit on
 * nodes, and vectors would be boxed.
 *
 * <p>Four adjacent vectors hold four columns of each tile, in fours. To bring together what belongs together, the vectors
 * are rotated within fours by 0 to 3 lanes, blended in two steps, and each result is put in order: nine shuffles and eight
 * blends for six vectors of columns, where picking lanes from each source would take 22 shuffles.
 */
final class SpaceF43 extends SpaceTransform {
    private static final int INPUTS = MinimalFilter.F43.inputs();
    /** Bytes of one channel in an element of columns, and of the whole element. */
    private static final long ROW = 4L * BYTES;
    private static final long PLANE = CHANNELS * ROW;
    /** Bytes from one element to the next in a column of sums. */
    private static final long COLUMN = INPUTS * Tile.MOST_BYTES;
    private static final int QUADS = COUNT / 4;

    private static final VectorShuffle<Float> TURN1 = VectorShuffle.fromOp(SPECIES, i -> turned(i, -1));
    private static final VectorShuffle<Float> TURN2 = VectorShuffle.fromOp(SPECIES, i -> turned(i, 2));
    private static final VectorShuffle<Float> TURN3 = VectorShuffle.fromOp(SPECIES, i -> turned(i, 1));
    private static final VectorShuffle<Float> SPREAD0 = VectorShuffle.fromOp(SPECIES, i -> spread(i, 0));
    private static final VectorShuffle<Float> SPREAD1 = VectorShuffle.fromOp(SPECIES, i -> spread(i, 1));
    private static final VectorShuffle<Float> SPREAD2 = VectorShuffle.fromOp(SPECIES, i -> spread(i, 2));
    private static final VectorShuffle<Float> SPREAD3 = VectorShuffle.fromOp(SPECIES, i -> spread(i, 3));
    private static final VectorMask<Float> ODD = VectorMask.fromLong(SPECIES, 0xAAAAAAAAAAAAAAAAL);
    private static final VectorMask<Float> UPPER = VectorMask.fromLong(SPECIES, 0xCCCCCCCCCCCCCCCCL);

    private static int turned(int lane, int by) {
        return lane / 4 * 4 + (lane + by & 3);
    }

    /** Where a blended vector takes its lanes from tiles: the inverse of {@link #pick}. */
    private static int spread(int lane, int column) {
        return QUADS * (lane - column & 3) + lane / 4;
    }

    SpaceF43(ConvGeometry geometry, Tile tile) {
        super(geometry, tile, MinimalFilter.F43);
    }

    @Override
    int pick(int tile, int column) {
        int at = tile + column / 4;
        return at % QUADS * 4 + (at / QUADS + column & 3);
    }

    @Override
    void columns(MemorySegment input, long[] rows, long planeBytes, int channels, long inside, MemorySegment columns, long at) {
        VectorMask<Float> kept = VectorMask.fromLong(SPECIES, inside);
        long w0 = rows[0], w1 = rows[1], w2 = rows[2], w3 = rows[3], w4 = rows[4], w5 = rows[5];
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector four = FloatVector.broadcast(SPECIES, 4f);
        FloatVector minusFive = FloatVector.broadcast(SPECIES, -5f);
        FloatVector minusFour = FloatVector.broadcast(SPECIES, -4f);
        for (int c = 0; c < channels; c++) {
            long plane = c * planeBytes;
            FloatVector d0 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w0, ORDER), kept);
            FloatVector d1 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w1, ORDER), kept);
            FloatVector d2 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w2, ORDER), kept);
            FloatVector d3 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w3, ORDER), kept);
            FloatVector d4 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w4, ORDER), kept);
            FloatVector d5 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w5, ORDER), kept);
            long to = at + c * ROW;
            FloatVector even = minusFour.fma(d2, d4);
            FloatVector odd = minusFour.fma(d1, d3);
            FloatVector twos = d3.sub(d1);
            FloatVector ones = d4.sub(d2);
            four.fma(d0, minusFive.fma(d2, d4)).intoMemorySegment(columns, to, ORDER);
            even.add(odd).intoMemorySegment(columns, to + PLANE, ORDER);
            even.sub(odd).intoMemorySegment(columns, to + 2 * PLANE, ORDER);
            FloatVector.broadcast(SPECIES, 2f).fma(twos, ones).intoMemorySegment(columns, to + 3 * PLANE, ORDER);
            FloatVector.broadcast(SPECIES, -2f).fma(twos, ones).intoMemorySegment(columns, to + 4 * PLANE, ORDER);
            four.fma(d1, minusFive.fma(d3, d5)).intoMemorySegment(columns, to + 5 * PLANE, ORDER);
        }
    }

    @Override
    void rows(MemorySegment columns, int channels, VectorShuffle<Float>[] picks, MemorySegment[] panels, int panel, long to,
            long lanes) {
        VectorMask<Float> written = VectorMask.fromLong(SPECIES, lanes);
        VectorShuffle<Float> pick0 = picks[0], pick1 = picks[1], pick2 = picks[2];
        VectorShuffle<Float> pick3 = picks[3], pick4 = picks[4], pick5 = picks[5];
        MemorySegment panel0 = panels[panel], panel1 = panels[panel + 1], panel2 = panels[panel + 2];
        MemorySegment panel3 = panels[panel + 3], panel4 = panels[panel + 4], panel5 = panels[panel + 5];
        FloatVector four = FloatVector.broadcast(SPECIES, 4f);
        FloatVector minusFive = FloatVector.broadcast(SPECIES, -5f);
        FloatVector minusFour = FloatVector.broadcast(SPECIES, -4f);
        for (int c = 0; c < channels; c++) {
            long at = c * ROW;
            FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, columns, at, ORDER);
            FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, columns, at + BYTES, ORDER).rearrange(TURN1);
            FloatVector b2 = FloatVector.fromMemorySegment(SPECIES, columns, at + 2 * BYTES, ORDER).rearrange(TURN2);
            FloatVector b3 = FloatVector.fromMemorySegment(SPECIES, columns, at + 3 * BYTES, ORDER).rearrange(TURN3);
            FloatVector s01 = b0.blend(b1, ODD);
            FloatVector s23 = b2.blend(b3, ODD);
            FloatVector s30 = b3.blend(b0, ODD);
            FloatVector s12 = b1.blend(b2, ODD);
            FloatVector c0 = s01.blend(s23, UPPER);
            FloatVector c1 = s30.blend(s12, UPPER);
            FloatVector d0 = c0.rearrange(pick0);
            FloatVector d1 = c1.rearrange(pick1);
            FloatVector d2 = s23.blend(s01, UPPER).rearrange(pick2);
            FloatVector d3 = s12.blend(s30, UPPER).rearrange(pick3);
            FloatVector d4 = c0.rearrange(pick4);
            FloatVector d5 = c1.rearrange(pick5);
            long into = to + c * (2L * BYTES);
            FloatVector even = minusFour.fma(d2, d4);
            FloatVector odd = minusFour.fma(d1, d3);
            FloatVector twos = d3.sub(d1);
            FloatVector ones = d4.sub(d2);
            Lanes.store(four.fma(d0, minusFive.fma(d2, d4)), panel0, into, written);
            Lanes.store(even.add(odd), panel1, into, written);
            Lanes.store(even.sub(odd), panel2, into, written);
            Lanes.store(FloatVector.broadcast(SPECIES, 2f).fma(twos, ones), panel3, into, written);
            Lanes.store(FloatVector.broadcast(SPECIES, -2f).fma(twos, ones), panel4, into, written);
            Lanes.store(four.fma(d1, minusFive.fma(d3, d5)), panel5, into, written);
        }
    }

    @Override
    void outputs(MemorySegment sums, MemorySegment staged, int rows) {
        for (int column = 0; column < INPUTS; column++) {
            outputColumns(sums, column * Tile.MOST_BYTES, Tile.VECTORS * rows);
        }
        for (int i = 0; i < 4; i++) {
            outputRows(sums, i * INPUTS * Tile.MOST_BYTES, Tile.VECTORS * rows, staged, i * (4L * Tile.VECTORS * BYTES));
        }
    }

    /** Runs the output filter down one column of elements, in place: outputs take the place of the first four. */
    private static void outputColumns(MemorySegment sums, long at, int vectors) {
        FloatVector two = FloatVector.broadcast(SPECIES, 2f);
        FloatVector four = FloatVector.broadcast(SPECIES, 4f);
        FloatVector eight = FloatVector.broadcast(SPECIES, 8f);
        for (int v = 0; v < vectors; v++) {
            long from = at + v * (long) BYTES;
            FloatVector m1 = FloatVector.fromMemorySegment(SPECIES, sums, from + COLUMN, ORDER);
            FloatVector m2 = FloatVector.fromMemorySegment(SPECIES, sums, from + 2 * COLUMN, ORDER);
            FloatVector m3 = FloatVector.fromMemorySegment(SPECIES, sums, from + 3 * COLUMN, ORDER);
            FloatVector m4 = FloatVector.fromMemorySegment(SPECIES, sums, from + 4 * COLUMN, ORDER);
            FloatVector ones = m1.add(m2);
            FloatVector twos = m3.add(m4);
            FloatVector.fromMemorySegment(SPECIES, sums, from, ORDER).add(ones).add(twos).intoMemorySegment(sums, from, ORDER);
            four.fma(twos, ones).intoMemorySegment(sums, from + 2 * COLUMN, ORDER);
            ones = m1.sub(m2);
            twos = m3.sub(m4);
            two.fma(twos, ones).intoMemorySegment(sums, from + COLUMN, ORDER);
            eight.fma(twos, ones).add(FloatVector.fromMemorySegment(SPECIES, sums, from + 5 * COLUMN, ORDER))
                    .intoMemorySegment(sums, from + 3 * COLUMN, ORDER);
        }
    }

    /** Runs the output filter along one row of elements and puts the four outputs of each tile side by side. */
    private static void outputRows(MemorySegment sums, long at, int vectors, MemorySegment staged, long to) {
        FloatVector two = FloatVector.broadcast(SPECIES, 2f);
        FloatVector four = FloatVector.broadcast(SPECIES, 4f);
        FloatVector eight = FloatVector.broadcast(SPECIES, 8f);
        for (int v = 0; v < vectors; v++) {
            long from = at + v * (long) BYTES;
            FloatVector m1 = FloatVector.fromMemorySegment(SPECIES, sums, from + Tile.MOST_BYTES, ORDER);
            FloatVector m2 = FloatVector.fromMemorySegment(SPECIES, sums, from + 2 * Tile.MOST_BYTES, ORDER);
            FloatVector m3 = FloatVector.fromMemorySegment(SPECIES, sums, from + 3 * Tile.MOST_BYTES, ORDER);
            FloatVector m4 = FloatVector.fromMemorySegment(SPECIES, sums, from + 4 * Tile.MOST_BYTES, ORDER);
            FloatVector ones = m1.add(m2);
            FloatVector twos = m3.add(m4);
            FloatVector c0 = FloatVector.fromMemorySegment(SPECIES, sums, from, ORDER).add(ones).add(twos).rearrange(SPREAD0);
            FloatVector c2 = four.fma(twos, ones).rearrange(SPREAD2);
            ones = m1.sub(m2);
            twos = m3.sub(m4);
            FloatVector c1 = two.fma(twos, ones).rearrange(SPREAD1);
            FloatVector m5 = FloatVector.fromMemorySegment(SPECIES, sums, from + 5 * Tile.MOST_BYTES, ORDER);
            FloatVector c3 = eight.fma(twos, ones).add(m5).rearrange(SPREAD3);
            FloatVector s01 = c0.blend(c1, ODD);
            FloatVector s23 = c2.blend(c3, ODD);
            FloatVector s30 = c3.blend(c0, ODD);
            FloatVector s12 = c1.blend(c2, ODD);
            long into = to + (v / Tile.VECTORS) * (16L * Tile.VECTORS * BYTES) + v % Tile.VECTORS * (4L * BYTES);
            s01.blend(s23, UPPER).intoMemorySegment(staged, into, ORDER);
            s30.blend(s12, UPPER).rearrange(TURN3).intoMemorySegment(staged, into + BYTES, ORDER);
            s23.blend(s01, UPPER).rearrange(TURN2).intoMemorySegment(staged, into + 2 * BYTES, ORDER);
            s12.blend(s30, UPPER).rearrange(TURN1).intoMemorySegment(staged, into + 3 * BYTES, ORDER);
        }
    }
}
