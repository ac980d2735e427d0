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
    private static final long LINE = 64;
    private static final long MOST_BYTES = 64 << 20;
    private static final long MOST_EXTENT = 1 << 20;

    private final ConvGeometry geometry;
    private final ConvWeights weights;
    private final float floor;
    private final Shape out;
    private final PlanePacker packer;
    private final int[] offsets;
    private final int bandRows;
    private final int bands;
    /** Bytes from one channel's sums to the next, an odd number of cache lines. */
    private final long sumsBytes;

    /**
     * @param geometry one that {@link #fits}
     * @param weights packed for 4 or 8 rows, see {@link #rows}, all finite
     * @param threads how many threads will share the work: decides how finely it is cut, never the result
     */
    public PlaneConv(ConvGeometry geometry, ConvWeights weights, boolean relu, int threads) {
        if (!fits(geometry) || weights.rows() != 4 && weights.rows() != 8 || !weights.finite()) {
            throw new IllegalArgumentException("not for " + geometry + " with weights packed for " + weights.rows()
                    + " rows, finite " + weights.finite() + "; wanted are finite ones in 4 or 8 rows");
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
        sumsBytes = sumsBytes(bandRows);
    }

    private long sumsBytes(int rows) {
        int tiles = Math.ceilDiv((rows - 1) * packer.pitch() + out.w(), Tile.pixels());
        return LINE * (Math.ceilDiv(4L * tiles * Tile.pixels(), LINE) | 1);
    }

    /** Whether the planes of one output row are small enough for scratch memory, on any machine. */
    public static boolean fits(ConvGeometry geometry) {
        long height = geometry.in().h() + 2L * geometry.padding().h();
        long width = geometry.in().w() + 2L * geometry.padding().w();
        if (height > MOST_EXTENT || width > MOST_EXTENT) {
            return false;
        }
        // As if there were a plane for each product, no stride, and a vector of room at each side of a row.
        long rows = 1 + (geometry.kernel().h() - 1L) * geometry.dilation().h();
        return geometry.depth() * (rows * width + LINE) <= MOST_BYTES / Float.BYTES;
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
        return packer.bytes() + weights.rows() * sumsBytes + Lanes.BYTES;
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
        for (int panel = 0; panel < weights.panelsPerGroup(); panel++) {
            multiply(weights.panel(group, panel), scratch.memory, (rows - 1) * packer.pitch() + out.w());
            int channel = group * geometry.groupOutputs() + panel * weights.rows();
            int channels = Math.min(weights.rows(), geometry.groupOutputs() - panel * weights.rows());
            long to = 4L * ((((sample * out.c() + channel) * out.t() + frame) * out.h() + first) * out.w());
            store(operands, scratch.memory, channel, channels, to, rows);
        }
    }

    private void multiply(MemorySegment panel, MemorySegment memory, int positions) {
        for (int position = 0; position < positions; position += Tile.pixels()) {
            long to = packer.bytes() + 4L * position;
            if (weights.rows() == 4) {
                PlaneKernel4.multiply(panel, memory, offsets, 4 * position, to, sumsBytes);
            } else {
                PlaneKernel8.multiply(panel, memory, offsets, 4 * position, to, sumsBytes);
            }
        }
    }

    /**
     * Writes the pixels of a band, row by row. Short rows are written in whole vectors too: what is written beyond the end of
     * one is overwritten by the next.
     */
    private void store(Operands operands, MemorySegment memory, int channel, int channels, long to, int rows) {
        for (int y = 0; y < rows; y++) {
            int length = Math.max(out.w(), Math.min(Lanes.COUNT, (rows - y) * out.w()));
            Epilogue.store(memory, packer.bytes() + 4L * y * packer.pitch(), sumsBytes, channels, weights.biases(), 4L * channel,
                    operands, floor, to + 4L * y * out.w(), 4L * out.plane(), length);
        }
    }
}
