package lanewise.kernel;

import static lanewise.kernel.F43.INPUTS;
import static lanewise.kernel.F43.OUTPUTS;

import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * The outputs of a convolution in tiles of four along one axis. A position is a tile in one column of the map; positions
 * are numbered row by row over tiles, frames and samples, whatever the axis, so that a panel of them may cross rows.
 */
final class AxisTiles {
    private final ConvGeometry geometry;
    private final Axis axis;
    private final Shape in;
    private final Shape out;
    /** Outputs along the axis. */
    private final int extent;
    /** Rows of positions in a sample: frames or tiles of frames, and rows or tiles of rows. */
    private final int frames;
    private final int rows;

    AxisTiles(ConvGeometry geometry, Axis axis) {
        this.geometry = geometry;
        this.axis = axis;
        in = geometry.in();
        out = geometry.out();
        extent = axis.of(out.map());
        frames = axis == Axis.TIME ? Math.ceilDiv(out.t(), OUTPUTS) : out.t();
        rows = axis == Axis.HEIGHT ? Math.ceilDiv(out.h(), OUTPUTS) : out.h();
    }

    /** Whether a convolution has this form: one group, three taps side by side, every column and every place of the axis. */
    static boolean fits(ConvGeometry geometry, Axis axis) {
        return geometry.groups() == 1 && axis.of(geometry.kernel()) == F43.TAPS && axis.of(geometry.stride()) == 1
                && axis.of(geometry.dilation()) == 1 && geometry.stride().w() == 1;
    }

    /** The same convolution with a frame as one row, if it treats all pixels of a frame alike. */
    static ConvGeometry flatten(ConvGeometry g) {
        boolean pixelwise = g.kernel().h() == 1 && g.kernel().w() == 1 && g.stride().h() == 1 && g.stride().w() == 1
                && g.padding().h() == 0 && g.padding().w() == 0;
        if (!pixelwise) {
            return g;
        }
        Shape in = new Shape(g.in().n(), g.in().c(), g.in().t(), 1, g.in().h() * g.in().w());
        return new ConvGeometry(in, g.outChannels(), g.kernel(), g.stride(), g.padding(), g.dilation(), 1);
    }

    /** Positions in a row. */
    int width() {
        return out.w();
    }

    int positions() {
        return out.n() * frames * rows * out.w();
    }

    /** Taps along the other axes. */
    int taps() {
        return geometry.kernel().volume() / F43.TAPS;
    }

    /** How many outputs of a row's tiles lie in the map. */
    int outputs(int row) {
        return Math.min(OUTPUTS, extent - OUTPUTS * tile(row));
    }

    /** Elements from one output of a tile to the next. */
    long outStep() {
        return axis == Axis.TIME ? (long) out.h() * out.w() : out.w();
    }

    /** The first output of a row's first position in channel 0 of its sample. */
    long outOffset(int row) {
        int frame = frame(row) * (axis == Axis.TIME ? OUTPUTS : 1);
        int y = y(row) * (axis == Axis.HEIGHT ? OUTPUTS : 1);
        return (((long) sample(row) * out.c() * out.t() + frame) * out.h() + y) * out.w();
    }

    private int sample(int row) {
        return row / (frames * rows);
    }

    private int frame(int row) {
        return row / rows % frames;
    }

    private int y(int row) {
        return row % rows;
    }

    private int tile(int row) {
        return axis == Axis.TIME ? frame(row) : y(row);
    }

    /**
     * What a vector of positions reads for one tap.
     *
     * @param row of positions
     * @param x first column
     * @param tap along the other axes
     * @param lanes which positions count
     * @param window receives for each of six inputs the byte offset of column {@code x} in channel 0, inside the tensor's
     *        rows even where the input lies in padding, then for each the lanes that lie inside the map
     */
    void window(int row, int x, int tap, long lanes, long[] window) {
        Dims kernel = geometry.kernel();
        int kx = tap % kernel.w();
        int other = tap / kernel.w();
        int kt = axis == Axis.TIME ? 0 : other;
        int ky = axis == Axis.TIME ? other : 0;
        long t = (long) frame(row) * (axis == Axis.TIME ? OUTPUTS : geometry.stride().t()) - geometry.padding().t()
                + (long) kt * geometry.dilation().t();
        long y = (long) y(row) * (axis == Axis.HEIGHT ? OUTPUTS : geometry.stride().h()) - geometry.padding().h()
                + (long) ky * geometry.dilation().h();
        long left = (long) x - geometry.padding().w() + (long) kx * geometry.dilation().w();
        long inside = lanes & columns(left);
        for (int r = 0; r < INPUTS; r++) {
            long inT = axis == Axis.TIME ? t + r : t;
            long inY = axis == Axis.HEIGHT ? y + r : y;
            boolean valid = inT >= 0 && inT < in.t() && inY >= 0 && inY < in.h() && inside != 0;
            long frameAt = (long) sample(row) * in.c() * in.t() + (valid ? inT : 0);
            window[r] = 4 * ((frameAt * in.h() + (valid ? inY : 0)) * in.w() + (valid ? left : 0));
            window[INPUTS + r] = valid ? inside : 0;
        }
    }

    /** The lanes whose columns lie inside the map, the first being column {@code left}. */
    private long columns(long left) {
        if (left <= -Long.SIZE || left >= in.w()) {
            return 0;
        }
        long fromLeft = left < 0 ? -1L << -left : -1L;
        long end = in.w() - left;
        return end < Long.SIZE ? fromLeft & (1L << end) - 1 : fromLeft;
    }
}
