package lanewise.tensor;

/**
 * Three extents along time, height and width: a kernel, a stride, a padding, a dilation or the size of a map.
 * A picture is a clip of one frame, so its extents along time are 1 (0 for a padding).
 *
 * @param t extent along time, in frames
 * @param h extent along height, in pixels
 * @param w extent along width, in pixels
 */
public record Dims(int t, int h, int w) {
    public static final Dims ZERO = new Dims(0, 0, 0);
    public static final Dims ONE = new Dims(1, 1, 1);

    public Dims {
        if (t < 0 || h < 0 || w < 0) {
            throw new IllegalArgumentException("negative extent in (" + t + ", " + h + ", " + w + ")");
        }
    }

    /** The same extent along all three axes. */
    public static Dims cube(int extent) {
        return new Dims(extent, extent, extent);
    }

    /** A spatial extent: 1 along time. */
    public static Dims spatial(int extent) {
        return new Dims(1, extent, extent);
    }

    /** {@code t * h * w}; throws {@link ArithmeticException} where that does not fit an {@code int}. */
    public int volume() {
        return Math.multiplyExact(Math.multiplyExact(t, h), w);
    }

    @Override
    public String toString() {
        return t + "x" + h + "x" + w;
    }
}
