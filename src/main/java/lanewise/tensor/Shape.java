package lanewise.tensor;

import java.util.Arrays;

/**
 * The shape of a {@link Tensor}: batch, channels, time, height, width, all at least 0.
 * The element count is checked to fit an {@code int}-indexed tensor (at most 2<sup>31</sup> - 2<sup>16</sup> elements, so
 * that sums with a block's size do not wrap).
 *
 * @param n samples in the batch
 * @param c channels
 * @param t frames (1 for a picture)
 * @param h rows
 * @param w columns
 */
public record Shape(int n, int c, int t, int h, int w) {
    private static final long MOST_ELEMENTS = (1L << 31) - (1 << 16);

    public Shape {
        if (n < 0 || c < 0 || t < 0 || h < 0 || w < 0) {
            throw new IllegalArgumentException("negative extent in shape " + join(n, c, t, h, w));
        }
        long plane = h * (long) w;
        boolean fits = plane <= MOST_ELEMENTS && t * plane <= MOST_ELEMENTS && c * (t * plane) <= MOST_ELEMENTS
                && n * (c * (t * plane)) <= MOST_ELEMENTS;
        if (!fits) {
            throw new IllegalArgumentException("shape " + join(n, c, t, h, w) + " has more than " + MOST_ELEMENTS + " elements");
        }
    }

    /** A batch of pictures. */
    public static Shape image(int n, int c, int h, int w) {
        return new Shape(n, c, 1, h, w);
    }

    /** A batch of vectors, such as logits. */
    public static Shape vector(int n, int c) {
        return new Shape(n, c, 1, 1, 1);
    }

    /**
     * Reads {@code 1x3x224x224} (N C H W), {@code 1x3x16x112x112} (N C T H W) or {@code 1x1000} (N C).
     *
     * @throws IllegalArgumentException if the text is none of these
     */
    public static Shape parse(String text) {
        int[] extents;
        try {
            extents = Arrays.stream(text.trim().split("x", -1)).mapToInt(Integer::parseInt).toArray();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a shape: '" + text + "'; write 1x3x224x224 or 1x3x16x112x112", e);
        }
        return of(extents);
    }

    /** From 2 (N C), 4 (N C H W) or 5 (N C T H W) extents. */
    public static Shape of(int... extents) {
        return switch (extents.length) {
            case 2 -> vector(extents[0], extents[1]);
            case 4 -> image(extents[0], extents[1], extents[2], extents[3]);
            case 5 -> new Shape(extents[0], extents[1], extents[2], extents[3], extents[4]);
            default -> throw new IllegalArgumentException(
                    "a shape has 2, 4 or 5 extents, not " + extents.length + ": " + Arrays.toString(extents));
        };
    }

    /** The extents of one channel: frames, rows, columns. */
    public Dims map() {
        return new Dims(t, h, w);
    }

    /** Elements of one channel of one sample. */
    public int plane() {
        return t * h * w;
    }

    /** Elements of the whole tensor. */
    public int elements() {
        return n * c * plane();
    }

    /** Bytes of the whole tensor in float32. */
    public long bytes() {
        return elements() * (long) Float.BYTES;
    }

    public Shape withBatch(int batch) {
        return new Shape(batch, c, t, h, w);
    }

    public Shape withChannels(int channels) {
        return new Shape(n, channels, t, h, w);
    }

    @Override
    public String toString() {
        return t == 1 ? h == 1 && w == 1 ? join(n, c) : join(n, c, h, w) : join(n, c, t, h, w);
    }

    private static String join(int... extents) {
        StringBuilder text = new StringBuilder();
        for (int extent : extents) {
            text.append(text.isEmpty() ? "" : "x").append(extent);
        }
        return text.toString();
    }
}
