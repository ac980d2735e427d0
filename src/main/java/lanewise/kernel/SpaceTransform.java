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
 * <p>The filter first runs down the columns, which needs no shuffles: lanes are adjacent pixels. Every m-th column is then
 * brought together, so that lanes are tiles, and the filter runs along the rows. Outputs go the same way back.
 */
abstract sealed class SpaceTransform implements WinogradTransform permits SpaceF23, SpaceF43 {
    /** Channels that are transformed together: their rows and columns stay in the first-level cache. */
    static final int CHANNELS = 8;

    private final ConvGeometry geometry;
    private final Shape in;
    private final Shape out;
    private final int m;
    private final int inputs;
    private final Tile tile;
    private final int tileRows;
    private final int tileColumns;
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

    /**
     * Runs the filter down a vector of adjacent columns, channel by channel.
     *
     * @param rows for each input row its byte offset in the first channel
     * @param planeBytes from one channel to the next
     * @param inside the columns that are no padding
     * @param columns receives element e of channel c at {@code e * }{@link #planeBytes()}{@code  + c * m vectors + at}
     */
    abstract void columns(MemorySegment input, long[] rows, long planeBytes, int channels, long inside, MemorySegment columns,
            long at);

    /**
     * Runs the filter along rows; lanes are tiles.
     *
     * @param columns one element of the columns: m vectors for each channel
     * @param panels receives from {@code panel} on, at byte {@code to} and one row further for each channel, the elements
     * @param lanes which lanes are written
     */
    abstract void rows(MemorySegment columns, int channels, VectorShuffle<Float>[] picks, MemorySegment[] panels, int panel,
            long to, long lanes);

    /** Turns sums into outputs: {@code staged} receives for each row of the tile m runs of m outputs for each position. */
    abstract void outputs(MemorySegment sums, MemorySegment staged, int rows);

    @Override
    public final int positions() {
        return out.n() * out.t() * tileRows * tileColumns;
    }

    /** Bytes of one element of columns, or of one input row of each channel. */
    private long planeBytes() {
        return (long) CHANNELS * m * BYTES;
    }

    /** Copied rows, with a vector behind them that the last copy may reach; columns lie behind. */
    private long columnsAt() {
        return inputs * planeBytes() + BYTES;
    }

    /** Outputs are staged behind the columns, with a vector behind them that the last load may reach. */
    private long stagedAt() {
        return columnsAt() + inputs * planeBytes();
    }

    /** Bytes of the outputs of one row of a tile. */
    private long stagedBytes() {
        return (long) m * m * Tile.VECTORS * BYTES;
    }

    @Override
    public final long workBytes() {
        return stagedAt() + tile.rows() * stagedBytes() + BYTES;
    }

    /** Tiles of a segment: of a row from {@code x} on, or whole rows. */
    private int segment(int x, int left) {
        boolean severalRows = x == 0 && 2 * (tileColumns + 1) <= COUNT;
        int most = severalRows ? COUNT / (tileColumns + 1) * tileColumns : Math.min(COUNT - 1, tileColumns - x);
        return Math.min(left, most);
    }

    @Override
    public final void pack(MemorySegment input, int first, int positions, Scratch scratch, long work, MemorySegment[] panels,
            int panel) {
        MemorySegment[] columns = scratch.cut(work + columnsAt(), inputs, planeBytes());
        for (int k = 0; k < geometry.kernel().t(); k++) {
            for (int c = 0; c < in.c(); c += CHANNELS) {
                packChannels(input, first, positions, k, c, scratch, work, columns, panels, panel);
            }
        }
    }

    /** Some channels of all segments, so that their part of the panels stays in a near cache. */
    private void packChannels(MemorySegment input, int first, int positions, int k, int c, Scratch scratch, long work,
            MemorySegment[] columns, MemorySegment[] panels, int panel) {
        int channels = Math.min(CHANNELS, in.c() - c);
        for (int done = 0, length; done < positions; done += length) {
            int row = (first + done) / tileColumns;
            int x = (first + done) % tileColumns;
            length = segment(x, positions - done);
            int tiles = Math.min(length, tileColumns - x);
            columns(input, row, x, tiles, Math.ceilDiv(length, tiles), k, c, channels, scratch, work);
            long to = 4L * done + (k * in.c() + c) * (2L * BYTES);
            for (int e = 0; e < inputs; e++) {
                rows(columns[e], channels, picks.get(tiles - 1), panels, panel + e * inputs, to, -1L >>> Long.SIZE - length);
            }
        }
    }

    /** Transforms the columns that {@code count} rows of tiles read, from {@code row} and column {@code x} on. */
    private void columns(MemorySegment input, int row, int x, int tiles, int count, int k, int channel, int channels,
            Scratch scratch, long work) {
        MemorySegment columns = scratch.cut(work + columnsAt(), 1, inputs * planeBytes())[0];
        int width = (tiles + 1) * m;
        int vectors = Math.ceilDiv(width, COUNT);
        long inside = inside(x, width);
        boolean within = window(row, x, k, channel, scratch.sources)
                && within(input, scratch.sources, 4L * in.plane() * (channels - 1) + vectors * (long) BYTES);
        if (count == 1 && within) {
            for (int v = 0; v < vectors; v++) {
                columns(input, scratch.sources, 4L * in.plane(), channels, inside >>> v * COUNT, columns, v * (long) BYTES);
                shift(scratch.sources);
            }
            return;
        }
        MemorySegment copied = scratch.cut(work, 1, columnsAt())[0];
        for (int j = 0; j < count; j++) {
            window(row + j, x, k, channel, scratch.sources);
            for (int r = 0; r < inputs; r++) {
                copy(input, scratch.sources[r], channels, inside, copied, r * planeBytes() + 4L * j * width, width);
            }
        }
        for (int r = 0; r < inputs; r++) {
            scratch.sources[r] = r * planeBytes();
        }
        for (int v = 0; v < Math.ceilDiv(count * width, COUNT); v++) {
            columns(copied, scratch.sources, m * (long) BYTES, channels, -1L, columns, v * (long) BYTES);
            shift(scratch.sources);
        }
    }

    private void shift(long[] rows) {
        for (int r = 0; r < inputs; r++) {
            rows[r] += BYTES;
        }
    }

    /**
     * Where the tiles of a row from {@code x} on read their input rows.
     *
     * @param rows receives for each input row the byte offset of its first column, {@link Long#MIN_VALUE} where it is padding
     * @return whether all rows lie in the map, and their offsets in the tensor
     */
    private boolean window(int row, int x, int k, int channel, long[] rows) {
        Dims padding = geometry.padding();
        int frame = row / tileRows;
        int t = frame % out.t() * geometry.stride().t() - padding.t() + k * geometry.dilation().t();
        long plane = ((long) (frame / out.t()) * in.c() + channel) * in.t() + t;
        boolean within = true;
        for (int r = 0; r < inputs; r++) {
            int y = row % tileRows * m - padding.h() + r;
            boolean inside = t >= 0 && t < in.t() && y >= 0 && y < in.h();
            rows[r] = inside ? 4 * ((plane * in.h() + y) * in.w() + (long) x * m - padding.w()) : Long.MIN_VALUE;
            within &= rows[r] >= 0;
        }
        return within;
    }

    /** Whether so many bytes can be read from each row on. */
    private boolean within(MemorySegment input, long[] rows, long bytes) {
        long highest = 0;
        for (int r = 0; r < inputs; r++) {
            highest = Math.max(highest, rows[r]);
        }
        return highest + bytes <= input.byteSize();
    }

    /** The columns of a map that are no padding, a bit for each, the first where tile {@code x} begins to read. */
    private long inside(int x, int width) {
        int left = x * m - geometry.padding().w();
        long bits = 0;
        for (int i = Math.max(0, -left); i < width && left + i < in.w(); i++) {
            bits |= 1L << i;
        }
        return bits;
    }

    /** Copies one input row of each channel, zeros for padding. */
    private void copy(MemorySegment input, long row, int channels, long inside, MemorySegment copied, long at, int width) {
        long planeBytes = 4L * in.plane();
        boolean padding = row == Long.MIN_VALUE;
        long from = padding ? 0 : row;
        long columns = padding ? 0 : inside;
        boolean within = from >= 0 && from + (channels - 1) * planeBytes + 4L * Lanes.roundUp(width) <= input.byteSize();
        if (within) {
            copyVectors(input, from, planeBytes, channels, columns, copied, at, m * (long) BYTES, width);
        } else {
            copyElements(input, from, planeBytes, channels, columns, copied, at, m * (long) BYTES, width);
        }
    }

    /**
     * Element by element, where whole vectors would reach beyond the tensor. The columns that are no padding lie side by side:
     * a condition within the loop would have C2 hoist a check that fails, and compile this again and again.
     */
    private static void copyElements(MemorySegment input, long from, long planeBytes, int channels, long inside,
            MemorySegment copied, long at, long copiedBytes, int width) {
        int first = Long.numberOfTrailingZeros(inside);
        int count = Long.bitCount(inside);
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < width; i++) {
                copied.set(FLOAT, at + c * copiedBytes + 4L * i, 0);
            }
            if (count > 0) {
                MemorySegment.copy(input, from + c * planeBytes + 4L * first, copied, at + c * copiedBytes + 4L * first,
                        4L * count);
            }
        }
    }

    private static void copyVectors(MemorySegment input, long from, long planeBytes, int channels, long inside,
            MemorySegment copied, long at, long copiedBytes, int width) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < width; i += COUNT) {
            VectorMask<Float> columns = VectorMask.fromLong(SPECIES, inside >>> i);
            VectorMask<Float> written = SPECIES.indexInRange(i, width);
            for (int c = 0; c < channels; c++) {
                long to = at + c * copiedBytes + 4L * i;
                FloatVector x = FloatVector.fromMemorySegment(SPECIES, input, from + c * planeBytes + 4L * i, ORDER);
                Lanes.store(zero.blend(x, columns), copied, to, written);
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
