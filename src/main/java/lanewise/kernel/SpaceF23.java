package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** F(2×2,3×3), built as {@link SpaceF43}: two adjacent vectors hold two columns of each tile in turn. */
final class SpaceF23 extends SpaceTransform {
    private static final int INPUTS = MinimalFilter.F23.inputs();
    /** Bytes of one channel in an element of columns, and of the whole element. */
    private static final long ROW = 2L * BYTES;
    private static final long PLANE = CHANNELS * ROW;
    /** Bytes from one element to the next in a column of sums. */
    private static final long COLUMN = INPUTS * Tile.MOST_BYTES;

    private static final VectorShuffle<Float> TWICE_LOWER = VectorShuffle.fromOp(SPECIES, i -> i / 2);
    private static final VectorShuffle<Float> TWICE_UPPER = VectorShuffle.fromOp(SPECIES, i -> (COUNT + i) / 2);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(SPECIES, 0xAAAAAAAAAAAAAAAAL);

    SpaceF23(ConvGeometry geometry, Tile tile) {
        super(geometry, tile, MinimalFilter.F23);
    }

    @Override
    int pick(int tile, int column) {
        return tile + column / 2;
    }

    @Override
    void columns(MemorySegment input, long[] rows, long planeBytes, int channels, long inside, MemorySegment columns, long at) {
        VectorMask<Float> kept = VectorMask.fromLong(SPECIES, inside);
        long w0 = rows[0], w1 = rows[1], w2 = rows[2], w3 = rows[3];
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int c = 0; c < channels; c++) {
            long plane = c * planeBytes;
            FloatVector d0 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w0, ORDER), kept);
            FloatVector d1 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w1, ORDER), kept);
            FloatVector d2 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w2, ORDER), kept);
            FloatVector d3 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w3, ORDER), kept);
            long to = at + c * ROW;
            d0.sub(d2).intoMemorySegment(columns, to, ORDER);
            d1.add(d2).intoMemorySegment(columns, to + PLANE, ORDER);
            d2.sub(d1).intoMemorySegment(columns, to + 2 * PLANE, ORDER);
            d3.sub(d1).intoMemorySegment(columns, to + 3 * PLANE, ORDER);
        }
    }

    @Override
    void rows(MemorySegment columns, int channels, VectorShuffle<Float>[] picks, MemorySegment[] panels, int panel, long to,
            long lanes) {
        VectorMask<Float> written = VectorMask.fromLong(SPECIES, lanes);
        VectorShuffle<Float> pick0 = picks[0], pick1 = picks[1], pick2 = picks[2];
        VectorShuffle<Float> pick3 = picks[3];
        MemorySegment panel0 = panels[panel], panel1 = panels[panel + 1], panel2 = panels[panel + 2];
        MemorySegment panel3 = panels[panel + 3];
        for (int c = 0; c < channels; c++) {
            long at = c * ROW;
            FloatVector evens = Deinterleave.even(columns, at);
            FloatVector odds = Deinterleave.odd(columns, at);
            FloatVector d0 = evens.rearrange(pick0);
            FloatVector d1 = odds.rearrange(pick1);
            FloatVector d2 = evens.rearrange(pick2);
            FloatVector d3 = odds.rearrange(pick3);
            long into = to + c * (2L * BYTES);
            Lanes.store(d0.sub(d2), panel0, into, written);
            Lanes.store(d1.add(d2), panel1, into, written);
            Lanes.store(d2.sub(d1), panel2, into, written);
            Lanes.store(d3.sub(d1), panel3, into, written);
        }
    }

    @Override
    void outputs(MemorySegment sums, MemorySegment staged, int rows) {
        for (int column = 0; column < INPUTS; column++) {
            outputColumns(sums, column * Tile.MOST_BYTES, Tile.VECTORS * rows);
        }
        for (int i = 0; i < 2; i++) {
            outputRows(sums, i * COLUMN, Tile.VECTORS * rows, staged, i * (2L * Tile.VECTORS * BYTES));
        }
    }

    /** Runs the output filter down one column of elements, in place: outputs take the place of the first two. */
    private static void outputColumns(MemorySegment sums, long at, int vectors) {
        for (int v = 0; v < vectors; v++) {
            long from = at + v * (long) BYTES;
            FloatVector m1 = FloatVector.fromMemorySegment(SPECIES, sums, from + COLUMN, ORDER);
            FloatVector m2 = FloatVector.fromMemorySegment(SPECIES, sums, from + 2 * COLUMN, ORDER);
            FloatVector.fromMemorySegment(SPECIES, sums, from, ORDER).add(m1.add(m2)).intoMemorySegment(sums, from, ORDER);
            m1.sub(m2).add(FloatVector.fromMemorySegment(SPECIES, sums, from + 3 * COLUMN, ORDER))
                    .intoMemorySegment(sums, from + COLUMN, ORDER);
        }
    }

    /** Runs the output filter along one row of elements and puts the two outputs of each tile side by side. */
    private static void outputRows(MemorySegment sums, long at, int vectors, MemorySegment staged, long to) {
        for (int v = 0; v < vectors; v++) {
            long from = at + v * (long) BYTES;
            FloatVector m1 = FloatVector.fromMemorySegment(SPECIES, sums, from + Tile.MOST_BYTES, ORDER);
            FloatVector m2 = FloatVector.fromMemorySegment(SPECIES, sums, from + 2 * Tile.MOST_BYTES, ORDER);
            FloatVector left = FloatVector.fromMemorySegment(SPECIES, sums, from, ORDER).add(m1.add(m2));
            FloatVector right = m1.sub(m2).add(FloatVector.fromMemorySegment(SPECIES, sums, from + 3 * Tile.MOST_BYTES, ORDER));
            long into = to + (v / Tile.VECTORS) * (4L * Tile.VECTORS * BYTES) + v % Tile.VECTORS * (2L * BYTES);
            left.rearrange(TWICE_LOWER).blend(right.rearrange(TWICE_LOWER), ODD).intoMemorySegment(staged, into, ORDER);
            left.rearrange(TWICE_UPPER).blend(right.rearrange(TWICE_UPPER), ODD).intoMemorySegment(staged, into + BYTES, ORDER);
        }
    }
}
