package lanewise.media;

import java.util.Arrays;

/**
 * From a JPEG's decoded components to RGB in the integer arithmetic of libjpeg ({@code jdcolor.c}) and, for CMYK, of Pillow
 * ({@code Convert.c}), so that the result is that of torchvision's loader.
 */
final class JpegColour {
    private static final int HALF = 1 << 15;
    private static final int RED_CR = fixed(1.40200);
    private static final int GREEN_CR = fixed(0.71414);
    private static final int GREEN_CB = fixed(0.34414);
    private static final int BLUE_CB = fixed(1.77200);

    private JpegColour() {}

    /**
     * @param samples interleaved components as coded, 1, 3 or 4 of them per pixel
     * @return interleaved RGB; the same array if there are 3 components
     */
    static byte[] toRgb(byte[] samples, Jpeg.Colour colour) {
        return switch (colour) {
            case RGB -> samples;
            case GREY -> fromGrey(samples);
            case YCC -> {
                yccToRgb(samples, 3);
                yield samples;
            }
            case YCCK -> {
                yccToRgb(samples, 4);
                yield fromCmyk(samples, 0xFF);
            }
            case CMYK -> fromCmyk(samples, 0);
        };
    }

    /**
     * Interpolates between the rows of a component that has half of them, as libjpeg-turbo does; the JDK's decoder has
     * repeated each row instead, though it interpolates the other common layouts as libjpeg-turbo does.
     *
     * @param samples interleaved components, changed in place
     * @param stride bytes of a row
     * @param pixel bytes of a pixel
     * @param component index of the component
     */
    static void interpolateRows(byte[] samples, int stride, int pixel, int component) {
        int height = samples.length / stride;
        byte[] above = Arrays.copyOf(samples, stride);
        for (int y = 0; y < height; y += 2) {
            byte[] row = Arrays.copyOfRange(samples, y * stride, (y + 1) * stride);
            for (int x = component; x < stride; x += pixel) {
                int near = 3 * (row[x] & 0xFF);
                samples[y * stride + x] = (byte) (near + (above[x] & 0xFF) + 1 >> 2);
                if (y + 1 < height) {
                    int below = y + 2 < height ? samples[(y + 2) * stride + x] : row[x];
                    samples[(y + 1) * stride + x] = (byte) (near + (below & 0xFF) + 2 >> 2);
                }
            }
            above = row;
        }
    }

    private static byte[] fromGrey(byte[] grey) {
        byte[] rgb = new byte[Math.multiplyExact(3, grey.length)];
        for (int i = 0; i < grey.length; i++) {
            rgb[3 * i] = grey[i];
            rgb[3 * i + 1] = grey[i];
            rgb[3 * i + 2] = grey[i];
        }
        return rgb;
    }

    private static void yccToRgb(byte[] samples, int components) {
        for (int i = 0; i < samples.length; i += components) {
            int y = samples[i] & 0xFF;
            int cb = (samples[i + 1] & 0xFF) - 128;
            int cr = (samples[i + 2] & 0xFF) - 128;
            samples[i] = clamp(y + (RED_CR * cr + HALF >> 16));
            samples[i + 1] = clamp(y + (-GREEN_CB * cb - GREEN_CR * cr + HALF >> 16));
            samples[i + 2] = clamp(y + (BLUE_CB * cb + HALF >> 16));
        }
    }

    /**
     * Ink to light. Files hold CMYK inverted, as Adobe writes it and Pillow assumes, so coded 255 is no ink.
     * The YCC part of YCCK gives the ink itself, since libjpeg inverts it once more.
     *
     * @param invert 0 if the first three samples are coded light, 0xFF if they are ink
     */
    private static byte[] fromCmyk(byte[] samples, int invert) {
        byte[] rgb = new byte[samples.length / 4 * 3];
        for (int from = 0, to = 0; from < samples.length; from += 4, to += 3) {
            int light = samples[from + 3] & 0xFF;
            for (int c = 0; c < 3; c++) {
                int ink = 0xFF - ((samples[from + c] ^ invert) & 0xFF);
                int product = ink * light + 128;
                rgb[to + c] = clamp(light - ((product >> 8) + product >> 8));
            }
        }
        return rgb;
    }

    private static byte clamp(int level) {
        return (byte) Math.clamp(level, 0, 255);
    }

    private static int fixed(double factor) {
        return (int) (factor * (1 << 16) + 0.5);
    }
}
