package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * The transforms of a form in two dimensions, a segment of tiles at a time: some tiles of one row, or whole rows where
 * several fit the lanes.
 *
 * <p>The rows that a segment reads are copied side by side, each as long as its tiles and one more, with zeros for padding.
 * The filter then runs down the columns, which needs no shuffles; every m-th column is brought together, so that lanes are
 * tiles, and the filter runs along the rows. Outputs go the same way back.
 */
abstract sealed class SpaceTransform implements WinogradTransform permits SpaceF23, SpaceF43 {
    /** Channels that are transformed together: their rows and columns stay in the first-level cache. */
    private static final int CHANNELS = 8;

    private final ConvGeometry geometry;
    private final Shape in;
    private final Shape out;
    private final int m;
    private final int inputs;
    private final Tile tile;
    private final int tileRows;
    private final int tileColumns;
    /** Bytes of a channel's copied rows: each of {@link #inputs} is a run of tiles with one vector behind it. */
    private final long rowBytes;
    /** Bytes of a channel's transformed columns. */
    private final long columnBytes;
    /** For each number of tiles in a row of a segment, from 1 on, where the lanes find them. */
    private final List<VectorShuffle<Float>[]> picks = new ArrayList<>();

    SpaceTransform(ConvGeometry geometry, Tile tile, MinimalFilter filter) {
        this.geometry = geometry;
        in = geometry.in();
        out = geometry.out();
        m = filter.outputs();
        inputs = filter.inputs();
        this.tile = tile;
        tileRows = Math.ceilDiv(out.h(), m);
        tileColumns = Math.ceilDiv(out.w(), m);
        rowBytes = inputs * (m + 1L) * BYTES;
        columnBytes = inputs * (long) m * BYTES;
        for (int tiles = 1; tiles < COUNT; tiles++) {
            picks.add(picks(tiles));
        }
    }

    /** For each input column of a tile, where the lanes find it if rows of a segment hold so many tiles and one more. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private VectorShuffle<Float>[] picks(int tiles) {
        VectorShuffle<Float>[] picks = new VectorShuffle[inputs];
        for (int column = 0; column < inputs; column++) {
            int from = column;
            picks[column] = VectorShuffle.fromOp(SPECIES, lane -> pick(Math.min(COUNT - 2, lane + lane / tiles), from));
        }
        return picks;
    }

    /** The lane that holds an input column of the tile that is {@code tile}-th in a run, after columns were brought together. */
    abstract int pick(int tile, int column);

    /** Runs the filter down all columns of {@code channels} channels: {@code vectors} of each row. */
    abstract void columns(MemorySegment rows, MemorySegment columns, int channels, int vectors);

    /** Runs the filter along the rows that columns gave at their element {@code e}; lanes are tiles. */
    abstract void rows(MemorySegment columns, int e, int channels, VectorShuffle<Float>[] picks, MemorySegment panel, long to,
            long elementBytes, long lanes);

    /** Turns sums into outputs: {@code staged} receives for each row of the tile m runs of m outputs for each position. */
    abstract void outputs(MemorySegment sums, MemorySegment staged, int rows);

    @Override
    public final int positions() {
        return out.n() * out.t() * tileRows * tileColumns;
    }

    /** Outputs are staged behind rows and columns, with a vector behind them that the last load may reach. */
    private long stagedAt() {
        return CHANNELS * (rowBytes + columnBytes);
    }

    /** Bytes of the outputs of one row of a tile. */
    private long stagedBytes() {
        return (long) m * m * Tile.VECTORS * BYTES;
    }

    @Override
    public final long workBytes() {
        return stagedAt() + tile.rows() * stagedBytes() + BYTES;
    }

    /** Tiles of a row, from {@code x} on, and whole rows below them that the lanes of one vector take. */
    private int segment(int x, int left) {
        int columns = tileColumns - x;
        if (x > 0 || 2 * (tileColumns + 1) > COUNT) {
            return Math.min(left, Math.min(columns, COUNT - 1));
        }
        return Math.min(left, COUNT / (tileColumns + 1) * tileColumns);
    }

    @Override
    public final void pack(MemorySegment input, int first, int positions, Scratch scratch, long work, long to, long elementBytes) {
        MemorySegment rows = scratch.cut(work, 1, CHANNELS * rowBytes)[0];
        MemorySegment columns = scratch.cut(work + CHANNELS * rowBytes, 1, CHANNELS * columnBytes)[0];
        for (int done = 0, length; done < positions; done += length) {
            int row = (first + done) / tileColumns;
            int x = (first + done) % tileColumns;
            length = segment(x, positions - done);
            int tiles = Math.min(length, tileColumns - x);
            int vectors = Math.ceilDiv(Math.ceilDiv(length, tiles) * (tiles + 1) * m, COUNT);
            for (int k = 0; k < geometry.kernel().t(); k++) {
                for (int c = 0; c < in.c(); c += CHANNELS) {
                    int channels = Math.min(CHANNELS, in.c() - c);
                    copy(input, row, x, tiles, Math.ceilDiv(length, tiles), k, c, channels, rows);
                    columns(rows, columns, channels, vectors);
                    long at = to + 4L * done + (k * in.c() + c) * (2L * BYTES);
                    for (int e = 0; e < inputs; e++) {
                        rows(columns, e, channels, picks.get(tiles - 1), scratch.memory, at + e * inputs * elementBytes,
                                elementBytes, -1L >>> Long.SIZE - length);
                    }
                }
            }
        }
    }

    /** Copies what {@code count} rows of tiles read from some channels. */
    private void copy(MemorySegment input, int row, int x, int tiles, int count, int k, int channel, int channels,
            MemorySegment rows) {
        Dims padding = geometry.padding();
        int width = (tiles + 1) * m;
        int left = x * m - padding.w();
        long columns = inside(left, width);
        for (int j = 0; j < count; j++) {
            int frame = (row + j) / tileRows;
            int t = frame % out.t() * geometry.stride().t() - padding.t() + k * geometry.dilation().t();
            int plane = (frame / out.t() * in.c() + channel) * in.t();
            for (int r = 0; r < inputs; r++) {
                int y = (row + j) % tileRows * m - padding.h() + r;
                boolean valid = t >= 0 && t < in.t() && y >= 0 && y < in.h() && columns != 0;
                long from = valid ? 4 * (((long) (plane + t) * in.h() + y) * in.w() + left) : 4L * plane * in.h() * in.w();
                copyRow(input, from, channels, rows, r * (m + 1L) * BYTES + 4L * j * width, valid ? columns : 0,
                        Math.ceilDiv(width, COUNT));
            }
        }
    }

    /** The columns of a map, from {@code left} on, that are no padding: a bit for each. */
    private long inside(int left, int width) {
        long bits = 0;
        for (int i = Math.max(0, -left); i < width && left + i < in.w(); i++) {
            bits |= 1L << i;
        }
        return bits;
    }

    private void copyRow(MemorySegment input, long from, int channels, MemorySegment rows, long at, long inside, int vectors) {
        long planeBytes = 4L * in.plane();
        boolean within = from >= 0 && from + (channels - 1) * planeBytes + (long) vectors * BYTES <= input.byteSize();
        if (within) {
            copyVectors(input, from, planeBytes, channels, rows, at, rowBytes, inside, vectors);
        } else {
            for (int c = 0; c < channels; c++) {
                for (int i = 0; i < vectors * COUNT; i++) {
                    float v = (inside >>> i & 1) == 0 ? 0 : input.get(FLOAT, from + c * planeBytes + 4L * i);
                    rows.set(FLOAT, at + c * rowBytes + 4L * i, v);
                }
            }
        }
    }

    private static void copyVectors(MemorySegment input, long from, long planeBytes, int channels, MemorySegment rows, long at,
            long rowBytes, long inside, int vectors) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int v = 0; v < vectors; v++) {
            VectorMask<Float> columns = VectorMask.fromLong(SPECIES, inside >>> v * COUNT);
            for (int c = 0; c < channels; c++) {
                FloatVector x = FloatVector.fromMemorySegment(SPECIES, input, from + c * planeBytes + v * (long) BYTES, ORDER);
                zero.blend(x, columns).intoMemorySegment(rows, at + c * rowBytes + v * (long) BYTES, ORDER);
            }
        }
    }

    @Override
    public final void unpack(MemorySegment sums, Operands operands, int channel, int rows, int first, int positions,
            Scratch scratch, long work, MemorySegment biases, float floor) {
        MemorySegment staged = scratch.cut(work + stagedAt(), 1, tile.rows() * stagedBytes() + BYTES)[0];
        outputs(sums, staged, rows);
        long planeBytes = 4L * out.plane();
        for (int done = 0, length; done < positions; done += length) {
            int row = (first + done) / tileColumns;
            int x = (first + done) % tileColumns;
            length = Math.min(tileColumns - x, positions - done);
            int frame = row / tileRows;
            int y = row % tileRows * m;
            long to = ((long) (frame / out.t() * out.c() + channel) * out.t() + frame % out.t()) * out.h();
            for (int i = 0; i < Math.min(m, out.h() - y); i++) {
                Epilogue.store(staged, 4L * m * (i * Tile.pixels() + done), stagedBytes(), rows, biases, 4L * channel, operands,
                        floor, 4 * ((to + y + i) * out.w() + x * m), planeBytes, Math.min(length * m, out.w() - x * m));
            }
        }
    }
}
