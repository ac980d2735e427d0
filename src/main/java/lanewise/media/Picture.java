package lanewise.media;

import java.util.Arrays;
import java.util.Objects;

/**
 * A picture of 8-bit red, green and blue, interleaved, row by row from the top.
 * The array is kept, not copied, because pictures are large: whoever hands it over does not change it afterwards, and
 * readers of {@link #rgb()} do not write to it. Equality is by content.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param rgb {@code 3 * width * height} bytes, each an unsigned level
 */
public record Picture(int width, int height, byte[] rgb) {
    public Picture {
        Objects.requireNonNull(rgb, "rgb");
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException("a picture of " + width + " x " + height + " has "
                    + 3L * width * height + " bytes, not " + rgb.length);
        }
    }

    /** The level 0..255 of channel 0 (red), 1 (green) or 2 (blue). */
    public int level(int x, int y, int channel) {
        Objects.checkIndex(x, width);
        Objects.checkIndex(channel, 3);
        return Byte.toUnsignedInt(rgb[3 * (y * width + x) + channel]);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Picture that
                && width == that.width
                && height == that.height
                && Arrays.equals(rgb, that.rgb);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(rgb) * 31 + width;
    }

    @Override
    public String toString() {
        return "Picture[" + width + " x " + height + "]";
    }
}
