package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.COUNT;

import java.lang.foreign.MemorySegment;
import lanewise.tensor.Shape;

/**
 * The transforms of a form along time. Neighbours along time lie whole frames apart, so that lanes are adjacent pixels and
 * both transforms are plain loads, sums and stores.
 */
abstract sealed class TimeTransform implements WinogradTransform permits TimeF23, TimeF43 {
    private final MinimalFilter filter;
    private final Shape in;
    private final Shape out;
    private final int padding;
    private final int pixels;
    private final int tileFrames;

    TimeTransform(ConvGeometry geometry, MinimalFilter filter) {
        this.filter = filter;
        in = geometry.in();
        out = geometry.out();
        padding = geometry.padding().t();
        pixels = out.h() * out.w();
        tileFrames = Math.ceilDiv(out.t(), filter.outputs());
    }

    /**
     * Transforms the inputs of one vector of positions.
     *
     * @param frames for each input its byte offset in channel 0, negative where it is padding
     * @param channels how many
     * @param planeBytes from one channel to the next
     * @param panels receives from {@code panel} on, at byte {@code at} and one row further for each channel, the elements
     * @param lanes which lanes are written
     */
    abstract void inputs(MemorySegment input, long[] frames, int channels, long planeBytes, MemorySegment[] panels, int panel,
            long at, long lanes);

    /** Turns sums into outputs, in place: they take the place of the first elements. */
    abstract void outputs(MemorySegment sums, int vectors);

    @Override
    public final int positions() {
        return out.n() * tileFrames * pixels;
    }

    @Override
    public final long workBytes() {
        return 0;
    }

    @Override
    public final void pack(MemorySegment input, int first, int positions, Scratch scratch, long work, MemorySegment[] panels,
            int panel) {
        for (int done = 0, length; done < positions; done += length) {
            int tile = (first + done) / pixels;
            int pixel = (first + done) % pixels;
            length = Math.min(Math.min(COUNT, pixels - pixel), positions - done);
            transform(input, tile, pixel, length, scratch, panels, panel, 4L * done);
        }
    }

    private void transform(MemorySegment input, int tile, int pixel, int length, Scratch scratch, MemorySegment[] panels,
            int panel, long to) {
        long highest = 0;
        for (int r = 0; r < filter.inputs(); r++) {
            int t = tile % tileFrames * filter.outputs() - padding + r;
            boolean inside = t >= 0 && t < in.t();
            scratch.sources[r] = inside ? 4 * (((long) (tile / tileFrames) * in.c() * in.t() + t) * pixels + pixel) : -1;
            highest = Math.max(highest, scratch.sources[r]);
        }
        long planeBytes = 4L * in.plane();
        long room = input.byteSize() - BYTES - highest;
        int whole = room < 0 ? 0 : Math.clamp(room / Math.max(1, planeBytes) + 1, 0, in.c());
        inputs(input, scratch.sources, whole, planeBytes, panels, panel, to, -1L >>> Long.SIZE - length);
        for (int c = whole; c < in.c(); c++) {
            for (int lane = 0; lane < length; lane++) {
                byElement(input, c * planeBytes + 4L * lane, scratch, panels, panel, to + c * (2L * BYTES) + 4L * lane);
            }
        }
    }

    /** One position of one channel, where whole vectors would reach beyond the tensor. */
    private void byElement(MemorySegment input, long shift, Scratch scratch, MemorySegment[] panels, int panel, long to) {
        for (int r = 0; r < filter.inputs(); r++) {
            scratch.inputs[r] = scratch.sources[r] < 0 ? 0 : input.get(FLOAT, scratch.sources[r] + shift);
        }
        for (int e = 0; e < filter.inputs(); e++) {
            panels[panel + e].set(FLOAT, to, filter.input(e, scratch.inputs, 0, 1));
        }
    }

    @Override
    public final void unpack(MemorySegment sums, Operands operands, int channel, int rows, int first, int positions,
            Scratch scratch, long work, MemorySegment biases, float floor) {
        outputs(sums, Tile.VECTORS * rows);
        for (int done = 0, length; done < positions; done += length) {
            int tile = (first + done) / pixels;
            int pixel = (first + done) % pixels;
            length = Math.min(pixels - pixel, positions - done);
            int t = tile % tileFrames * filter.outputs();
            long to = ((long) (tile / tileFrames) * out.c() + channel) * out.t() + t;
            for (int i = 0; i < Math.min(filter.outputs(), out.t() - t); i++) {
                Epilogue.store(sums, i * Tile.MOST_BYTES + 4L * done, Tile.VECTORS * (long) BYTES, rows, biases, 4L * channel,
                        operands, floor, 4 * ((to + i) * pixels + pixel), 4L * out.plane(), length);
            }
        }
    }
}
