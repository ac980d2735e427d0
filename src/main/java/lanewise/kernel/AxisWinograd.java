package lanewise.kernel;

import static lanewise.kernel.F43.INPUTS;
import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.COUNT;

import java.lang.foreign.MemorySegment;
import lanewise.tensor.Shape;

/**
 * Convolution by Winograd's {@link F43} along one axis, directly along the others: half the multiplications.
 *
 * <p>Along height and time neighbours lie whole rows and frames apart, so that both transforms are plain loads, sums and
 * stores of adjacent columns; a form in two dimensions would save more but must shuffle lanes. A task transforms a block
 * of positions into six packed panels each and multiplies them with a range of weight panels.
 */
public final class AxisWinograd implements Conv {
    /** Bytes of transformed inputs that a task aims at. */
    private static final long BLOCK_BYTES = 384 << 10;
    private static final int PIECES_PER_THREAD = 4;
    /** Panels of one position block lie an odd number of cache lines apart, or six stores would meet in one cache set. */
    private static final long LINE = 64;

    private final ConvGeometry geometry;
    private final Shape out;
    private final AxisTiles tiles;
    private final WinogradWeights weights;
    private final Tile tile;
    private final float floor;
    private final long elementBytes;
    private final int panelsPerBlock;
    private final int blocks;
    private final int parts;

    /**
     * @param weights transformed along an axis along which the convolution {@link #fits}, for {@code tile.rows()} rows
     * @param threads how many threads will share the work: decides how finely it is cut, never the result
     */
    public AxisWinograd(ConvGeometry geometry, WinogradWeights weights, Tile tile, boolean relu, int threads) {
        if (!fits(geometry, weights.axis()) || weights.rows() != tile.rows()) {
            throw new IllegalArgumentException("not for " + geometry + " along " + weights.axis() + " with " + tile);
        }
        this.geometry = geometry;
        out = geometry.out();
        this.weights = weights;
        this.tile = tile;
        floor = Floats.floor(relu);
        tiles = new AxisTiles(AxisTiles.flatten(geometry), weights.axis());
        long panelBytes = 2L * BYTES * weights.depth();
        elementBytes = panelBytes + (panelBytes / LINE % 2 == 0 ? LINE : 0);
        int panels = Math.max(1, Math.ceilDiv(tiles.positions(), Tile.pixels()));
        int wanted = threads == 1 ? 1 : threads * PIECES_PER_THREAD;
        panelsPerBlock = Math.clamp(BLOCK_BYTES / (INPUTS * elementBytes), 1, Math.max(1, panels / wanted));
        blocks = Math.ceilDiv(panels, panelsPerBlock);
        parts = blocks % threads == 0 || blocks >= wanted ? 1 : Math.min(weights.panels(), Math.ceilDiv(wanted, blocks));
    }

    /** Whether a convolution has this form. */
    public static boolean fits(ConvGeometry geometry, Axis axis) {
        return AxisTiles.fits(geometry, axis);
    }

    /** Tiles of a sample, {@link F43#OUTPUTS} outputs each along {@code axis}. */
    public static int tiles(Shape out, Axis axis) {
        int extent = axis.of(out.map());
        return extent == 0 ? 0 : out.plane() / extent * Math.ceilDiv(extent, F43.OUTPUTS);
    }

    @Override
    public Mode mode() {
        return Mode.VECTOR;
    }

    @Override
    public int tasks() {
        return blocks * parts;
    }

    @Override
    public long scratchBytes() {
        return panelsPerBlock * INPUTS * elementBytes + BYTES;
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        int first = task / parts * panelsPerBlock * Tile.pixels();
        int end = Math.min(tiles.positions(), first + panelsPerBlock * Tile.pixels());
        int part = task % parts;
        int from = (int) ((long) weights.panels() * part / parts);
        int to = (int) ((long) weights.panels() * (part + 1) / parts);
        for (int position = first, p = 0; position < end; position += Tile.pixels(), p++) {
            pack(operands.input(), position, Math.min(Tile.pixels(), end - position), p * INPUTS * elementBytes, scratch);
        }
        MemorySegment[] panels = scratch.panels(panelsPerBlock * INPUTS, elementBytes);
        for (int w = from; w < to; w++) {
            for (int position = first, p = 0; position < end; position += Tile.pixels(), p++) {
                for (int e = 0; e < INPUTS; e++) {
                    tile.multiply(weights.panel(e, w), panels[p * INPUTS + e], weights.depth(), scratch.tiles[e]);
                }
                F43Vectors.output(scratch.sums, tile.rows());
                store(operands, scratch.tiles, w, position, Math.min(Tile.pixels(), end - position));
            }
        }
    }

    /** Transforms the inputs of a panel of positions, vector by vector; a vector ends where its row or the panel does. */
    private void pack(MemorySegment input, int first, int positions, long at, Scratch scratch) {
        int width = tiles.width();
        for (int done = 0; done < positions;) {
            int row = (first + done) / width;
            int x = (first + done) % width;
            int length = Math.min(Math.min(COUNT, width - x), positions - done);
            for (int tap = 0; tap < tiles.taps(); tap++) {
                long lanes = -1L >>> Long.SIZE - length;
                tiles.window(row, x, tap, lanes, scratch.window);
                int channels = geometry.in().c();
                transform(input, scratch, at + tap * channels * (2L * BYTES) + 4L * done, lanes);
            }
            done += length;
        }
    }

    private void transform(MemorySegment input, Scratch scratch, long at, long lanes) {
        long[] window = scratch.window;
        long lowest = window[0];
        long highest = window[0];
        for (int r = 1; r < INPUTS; r++) {
            lowest = Math.min(lowest, window[r]);
            highest = Math.max(highest, window[r]);
        }
        int channels = geometry.in().c();
        long planeBytes = 4L * geometry.in().plane();
        int from = lowest < 0 ? (int) Math.min(channels, Math.ceilDiv(-lowest, planeBytes)) : 0;
        long room = input.byteSize() - BYTES - highest;
        int to = room < 0 ? from : Math.clamp(room / planeBytes + 1, from, channels);
        for (int c = 0; c < from; c++) {
            F43Vectors.inputByElement(input, window, c, planeBytes, scratch.memory, at, elementBytes, lanes);
        }
        F43Vectors.input(input, window, from, to, planeBytes, scratch.memory, at, elementBytes, lanes);
        for (int c = to; c < channels; c++) {
            F43Vectors.inputByElement(input, window, c, planeBytes, scratch.memory, at, elementBytes, lanes);
        }
    }

    /** Writes a panel of tiles, row by row of positions, for each of a weight panel's channels. */
    private void store(Operands operands, MemorySegment[] outputs, int panel, int first, int positions) {
        int channel = panel * tile.rows();
        int rows = Math.min(tile.rows(), out.c() - channel);
        long planeBytes = 4L * out.plane();
        for (int done = 0; done < positions;) {
            int row = (first + done) / tiles.width();
            int x = (first + done) % tiles.width();
            int length = Math.min(tiles.width() - x, positions - done);
            long to = 4 * (tiles.outOffset(row) + x) + channel * planeBytes;
            for (int i = 0; i < tiles.outputs(row); i++) {
                if (operands.hasOther()) {
                    Epilogue.storeWithResidual(outputs[i], 4L * done, rows, weights.biases(), 4L * channel, operands.other(),
                            floor, operands.output(), to, planeBytes, length);
                } else {
                    Epilogue.store(outputs[i], 4L * done, rows, weights.biases(), 4L * channel, floor, operands.output(), to,
                            planeBytes, length);
                }
                to += 4 * tiles.outStep();
            }
            done += length;
        }
    }
}
