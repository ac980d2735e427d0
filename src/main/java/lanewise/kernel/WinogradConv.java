package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;

import java.lang.foreign.MemorySegment;

/**
 * Convolution by a {@link Winograd} form: inputs are transformed into packed panels, one for each element of a tile, each
 * is multiplied with the weights of its element, and the sums are turned into outputs.
 *
 * <p>A task transforms a block of positions and multiplies it with a range of weight panels, a few of them at a time: for
 * each element a panel of positions is read once for all of these while it lies in the first-level cache, and their sums
 * stay in the second-level cache until they are turned into outputs.
 *
 * <p>Measured on an Intel Xeon with AVX-512 and not better: transforming the weights in each run instead of keeping them
 * transformed (a quarter of the memory, but 60 to 90 ns for 16 filters of F(4×4,3×3), since what is transformed has to pass
 * through the second-level cache: ResNet-18 took as long, R(2+1)D-18 five per cent longer); sums cut into pieces of 128 to 768
 * products; the order chunk, element, panel for the weights; reading the first lines of the next panels ahead; huge pages.
 * What remains is that a network at batch 1 reads most of its weights from memory: see the README.
 */
public final class WinogradConv implements Conv {
    /** Bytes of transformed inputs that a task aims at. */
    private static final long BLOCK_BYTES = 384 << 10;
    /** Weight panels that are multiplied with a panel of positions before outputs are made. */
    private static final int CHUNK = 4;
    private static final int PIECES_PER_THREAD = 4;
    /** Transforming inputs takes as long as multiplying them with so many output channels. */
    private static final double PACKING = 50;

    private final WinogradTransform transform;
    private final int elements;
    private final int outputs;
    private final WinogradWeights weights;
    private final Tile tile;
    private final float floor;
    /** A panel and a vector behind it: an odd number of vectors, or the stores of a tile would meet in one cache set. */
    private final long elementBytes;
    private final long sumBytes;
    private final int panelsPerBlock;
    private final Split split;

    /**
     * @param weights transformed by a form that {@link Winograd#fits} the convolution, for {@code tile.rows()} rows
     * @param threads how many threads will share the work: decides how finely it is cut, never the result
     */
    public WinogradConv(ConvGeometry geometry, WinogradWeights weights, Tile tile, boolean relu, int threads) {
        if (!weights.form().fits(geometry) || weights.rows() != tile.rows()) {
            throw new IllegalArgumentException("not for " + geometry + " by " + weights.form() + " with " + tile);
        }
        this.weights = weights;
        this.tile = tile;
        outputs = geometry.outChannels();
        elements = weights.form().elements();
        floor = Floats.floor(relu);
        transform = WinogradTransform.of(geometry, weights.form(), tile);
        elementBytes = (2L * weights.depth() + 1) * BYTES;
        sumBytes = elements * Tile.MOST_BYTES;
        int panels = Math.max(1, Math.ceilDiv(transform.positions(), Tile.pixels()));
        int wanted = threads == 1 ? 1 : threads * PIECES_PER_THREAD;
        panelsPerBlock = Math.clamp(BLOCK_BYTES / (elements * elementBytes), 1, Math.max(1, panels / wanted));
        split = Split.of(Math.ceilDiv(panels, panelsPerBlock), threads, weights.panels(), PACKING / outputs);
    }

    @Override
    public Mode mode() {
        return Mode.VECTOR;
    }

    @Override
    public int tasks() {
        return split.tasks();
    }

    private long sumsAt() {
        return panelsPerBlock * elements * elementBytes;
    }

    private long workAt() {
        return sumsAt() + CHUNK * sumBytes;
    }

    @Override
    public long scratchBytes() {
        return workAt() + transform.workBytes();
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        int first = split.block(task) * panelsPerBlock * Tile.pixels();
        int end = Math.min(transform.positions(), first + panelsPerBlock * Tile.pixels());
        int to = split.to(task);
        MemorySegment[] panels = scratch.cut(0, panelsPerBlock * elements, elementBytes);
        for (int position = first, p = 0; position < end; position += Tile.pixels(), p++) {
            transform.pack(operands.input(), position, Math.min(Tile.pixels(), end - position), scratch, workAt(), panels,
                    p * elements);
        }
        for (int w = split.from(task); w < to; w += CHUNK) {
            for (int position = first, p = 0; position < end; position += Tile.pixels(), p++) {
                multiply(operands, scratch, w, Math.min(CHUNK, to - w), p, position, Math.min(Tile.pixels(), end - position));
            }
        }
    }

    private void multiply(Operands operands, Scratch scratch, int w, int count, int p, int position, int positions) {
        multiply(scratch, w, count, p, positions);
        MemorySegment[] sums = scratch.cut(sumsAt(), CHUNK, sumBytes);
        for (int i = 0; i < count; i++) {
            int channel = (w + i) * tile.rows();
            transform.unpack(sums[i], operands, channel, Math.min(tile.rows(), outputs - channel), position, positions, scratch,
                    workAt(), weights.biases(), floor);
        }
    }

    /** Multiplies a panel of positions with some weight panels, element by element. */
    private void multiply(Scratch scratch, int w, int count, int p, int positions) {
        MemorySegment[] panels = scratch.cut(0, panelsPerBlock * elements, elementBytes);
        MemorySegment[] tiles = scratch.cut(sumsAt(), CHUNK * elements, Tile.MOST_BYTES);
        for (int e = 0; e < elements; e++) {
            MemorySegment panel = panels[p * elements + e];
            int i = 0;
            for (; positions <= Lanes.COUNT && i + 2 <= count; i += 2) {
                tile.multiplyHalf(weights.panel(e, w + i), weights.panel(e, w + i + 1), panel, weights.depth(),
                        tiles[i * elements + e], tiles[(i + 1) * elements + e]);
            }
            for (; i < count; i++) {
                tile.multiply(weights.panel(e, w + i), panel, weights.depth(), tiles[i * elements + e]);
            }
        }
    }
}
