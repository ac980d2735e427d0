package lanewise.kernel;

import java.lang.foreign.MemorySegment;
import lanewise.tensor.Shape;

/**
 * Direct convolution on padded planes: each product of a sum is a load at a fixed distance from the output pixel.
 *
 * <p>{@link DirectConv} copies every input once per tap, which pays where many output channels read the copy. The groups of
 * ResNeXt have few: here an input is copied once, see {@link PlanePacker}, and the positions between two rows, which belong
 * to no pixel, are computed and dropped. A task is a band of output rows of one frame and group.
 */
public final class PlaneConv implements Conv {
    /** Bytes of planes that a task aims at, so that they stay in a small second-level cache. */
    private static final long BAND_BYTES = 128 << 10;
    /** Tasks per thread that let fast threads take over work from slow ones. */
    private static final int TASKS_PER_THREAD = 4;

    private final ConvGeometry geometry;
    private final ConvWeights weights;
    private final float floor;
    private final Shape out;
    private final PlanePacker packer;
    private final int[] offsets;
    private final int bandRows;
    private final int bands;

    /**
     * @param weights packed for {@link #rows}, or for 4 or 8 rows, all finite
     * @param threads how many threads will share the work: decides how finely it is cut, never the result
     */
    public PlaneConv(ConvGeometry geometry, ConvWeights weights, boolean relu, int threads) {
        if (weights.rows() != 4 && weights.rows() != 8 || !weights.finite()) {
            throw new IllegalArgumentException("weights are packed for " + weights.rows() + " rows, finite " + weights.finite()
                    + "; wanted are finite ones for 4 or 8");
        }
        this.geometry = geometry;
        this.weights = weights;
        floor = Floats.floor(relu);
        out = geometry.out();
        int planes = Math.max(1, out.n() * out.t() * geometry.groups());
        int wanted = threads == 1 ? 1 : Math.ceilDiv(threads * TASKS_PER_THREAD, planes);
        int rows = Math.ceilDiv(out.h(), Math.min(wanted, out.h()));
        while (rows > 1 && new PlanePacker(geometry, rows).bytes() > BAND_BYTES) {
            rows = Math.ceilDiv(rows, 2);
        }
        bandRows = rows;
        bands = Math.ceilDiv(out.h(), bandRows);
        packer = new PlanePacker(geometry, bandRows);
        offsets = packer.offsets();
    }

    /** The rows of weight panels for a convolution on this machine: no more than a group fills or the registers hold. */
    public static int rows(ConvGeometry geometry) {
        return geometry.groupOutputs() <= 4 || Tile.preferred() == Tile.ROWS6 ? 4 : 8;
    }

    @Override
    public Mode mode() {
        return Mode.VECTOR;
    }

    @Override
    public int tasks() {
        return Math.max(1, out.n() * out.t() * geometry.groups() * bands);
    }

    @Override
    public long scratchBytes() {
        return packer.bytes();
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        if (out.elements() == 0) {
            return;
        }
        int first = task % bands * bandRows;
        int rows = Math.min(bandRows, out.h() - first);
        int group = task / bands % geometry.groups();
        int frame = task / bands / geometry.groups() % out.t();
        int sample = task / bands / geometry.groups() / out.t();
        packer.pack(operands.input(), sample, frame, group, first, rows, scratch.memory);
        int positions = (rows - 1) * packer.pitch() + out.w();
        for (int panel = 0; panel < weights.panelsPerGroup(); panel++) {
            int channel = group * geometry.groupOutputs() + panel * weights.rows();
            int channels = Math.min(weights.rows(), geometry.groupOutputs() - panel * weights.rows());
            int to = ((sample * out.c() + channel) * out.t() + frame) * out.h() * out.w() + first * out.w();
            for (int position = 0; position < positions; position += Tile.pixels()) {
                multiply(weights.panel(group, panel), scratch.memory, 4 * position, scratch.tiles[0]);
                store(operands, scratch.tiles[0], channel, channels, position, Math.min(position + Tile.pixels(), positions), to);
            }
        }
    }

    private void multiply(MemorySegment panel, MemorySegment planes, int base, MemorySegment sums) {
        if (weights.rows() == 4) {
            PlaneKernel4.multiply(panel, planes, offsets, base, sums);
        } else {
            PlaneKernel8.multiply(panel, planes, offsets, base, sums);
        }
    }

    /** Writes the pixels among a tile's positions, row by row, for each of its channels; {@code to} is position 0. */
    private void store(Operands operands, MemorySegment sums, int channel, int channels, int first, int end, int to) {
        int position = first;
        while (position < end) {
            int row = position / packer.pitch();
            int x = position % packer.pitch();
            int length = Math.min(out.w() - x, end - position);
            if (length > 0) {
                long from = 4L * (position - first);
                long at = 4L * (to + row * out.w() + x);
                if (operands.hasOther()) {
                    Epilogue.storeWithResidual(sums, from, channels, weights.biases(), 4L * channel, operands.other(), floor,
                            operands.output(), at, 4L * out.plane(), length);
                } else {
                    Epilogue.store(sums, from, channels, weights.biases(), 4L * channel, floor, operands.output(), at,
                            4L * out.plane(), length);
                }
            }
            position = (row + 1) * packer.pitch();
        }
    }
}
