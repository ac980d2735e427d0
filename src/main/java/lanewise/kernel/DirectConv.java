package lanewise.kernel;

import java.lang.foreign.MemorySegment;
import lanewise.tensor.Shape;

/**
 * Direct convolution by packed panels: pixels in the lanes, output channels on the broadcast side.
 *
 * <p>A task packs a block of pixel panels that stays in the second-level cache and multiplies it with a range of weight
 * panels, which stream by once per block. Every convolution, spatial, temporal, pointwise or full, strided, dilated or
 * grouped, differs only in the packing.
 */
public final class DirectConv implements Conv {
    /** Bytes of packed pixels that a task aims at: half of a small second-level cache, so that weights still fit beside. */
    private static final long BLOCK_BYTES = 384 << 10;
    /** Weights are read once per block; at least two panels a block keep that traffic below 2 bytes a cycle. */
    private static final int LEAST_PANELS = 2;
    /** Pieces per thread that let fast threads take over work from slow ones. */
    private static final int PIECES_PER_THREAD = 4;
    /** Packing pixels takes as long as multiplying them with so many output channels, where they lie side by side or not. */
    private static final double PACKING = 8;
    private static final double PACKING_STRIDED = 50;

    private final ConvGeometry geometry;
    private final ConvWeights weights;
    private final Tile tile;
    private final float floor;
    private final PixelPacker packer;
    private final int plane;
    private final int pixels;
    private final int panelsPerBlock;
    private final Split split;

    /**
     * @param weights packed for {@code tile.rows()} rows, all finite
     * @param threads how many threads will share the work: decides how finely it is cut, never the result
     */
    public DirectConv(ConvGeometry geometry, ConvWeights weights, Tile tile, boolean relu, int threads) {
        if (weights.rows() != tile.rows() || !weights.finite()) {
            throw new IllegalArgumentException("weights are packed for " + weights.rows() + " rows, finite " + weights.finite()
                    + "; " + tile + " wants finite weights in " + tile.rows() + " rows");
        }
        this.geometry = geometry;
        this.weights = weights;
        this.tile = tile;
        floor = Floats.floor(relu);
        packer = new PixelPacker(geometry);
        Shape out = geometry.out();
        plane = out.plane();
        pixels = out.n() * plane;
        int panels = (pixels + Tile.pixels() - 1) / Tile.pixels();
        int wanted = threads * (threads == 1 ? 1 : PIECES_PER_THREAD);
        long fitting = Math.max(LEAST_PANELS, BLOCK_BYTES / Math.max(1, packer.panelBytes()));
        int fair = Math.max(LEAST_PANELS, panels / wanted);
        panelsPerBlock = (int) Math.min(fitting, fair);
        split = Split.of(Math.max(1, Math.ceilDiv(panels, panelsPerBlock)), threads,
                geometry.groups() * weights.panelsPerGroup(),
                (geometry.stride().w() == 1 ? PACKING : PACKING_STRIDED) / Math.max(1, geometry.groupOutputs()));
    }

    @Override
    public Mode mode() {
        return Mode.VECTOR;
    }

    @Override
    public int tasks() {
        return split.tasks();
    }

    @Override
    public long scratchBytes() {
        return panelsPerBlock * packer.panelBytes() + PixelPacker.SLACK;
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        int from = split.from(task);
        int to = split.to(task);
        int first = split.block(task) * panelsPerBlock * Tile.pixels();
        int panels = Math.min(panelsPerBlock, (pixels - first + Tile.pixels() - 1) / Tile.pixels());
        while (from < to) {
            int group = from / weights.panelsPerGroup();
            int end = Math.min(to, (group + 1) * weights.panelsPerGroup());
            pack(operands.input(), group, first, panels, scratch);
            multiply(operands, group, from - group * weights.panelsPerGroup(), end - group * weights.panelsPerGroup(),
                    first, panels, scratch);
            from = end;
        }
    }

    private void pack(MemorySegment input, int group, int first, int panels, Scratch scratch) {
        for (int p = 0; p < panels; p++) {
            packer.pack(input, group, first + p * Tile.pixels(), scratch.memory, p * packer.panelBytes(), scratch.runs);
        }
    }

    private void multiply(Operands operands, int group, int from, int to, int first, int panels, Scratch scratch) {
        MemorySegment[] pixelPanels = scratch.cut(0, panelsPerBlock, packer.panelBytes());
        for (int w = from; w < to; w++) {
            int channel = group * geometry.groupOutputs() + w * tile.rows();
            int rows = Math.min(tile.rows(), geometry.groupOutputs() - w * tile.rows());
            for (int p = 0; p < panels; p++) {
                tile.multiply(weights.panel(group, w), pixelPanels[p], geometry.depth(), scratch.tile);
                store(operands, scratch.tile, channel, rows, first + p * Tile.pixels());
            }
        }
    }

    /** Writes a result tile: the panel's pixels, sample by sample, for each of its channels. */
    private void store(Operands operands, MemorySegment sums, int channel, int rows, int first) {
        int end = Math.min(first + Tile.pixels(), pixels);
        int pixel = first;
        while (pixel < end) {
            int sample = pixel / plane;
            int length = Math.min(end, (sample + 1) * plane) - pixel;
            long to = 4L * ((sample * geometry.outChannels() + channel) * plane + pixel - sample * plane);
            long from = 4L * (pixel - first);
            Epilogue.store(sums, from, 2L * Lanes.BYTES, rows, weights.biases(), 4L * channel, operands, floor, to, 4L * plane,
                    length);
            pixel += length;
        }
    }
}
