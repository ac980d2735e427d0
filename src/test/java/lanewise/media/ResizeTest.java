package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both resizes against their definitions, worked out by hand or in double. */
class ResizeTest {
    /** Fixed point of 22 bits and float sums stay this close to the exact value before they are rounded. */
    private static final double ARITHMETIC = 1e-3;

    private interface Resizing {
        Picture resize(Picture source, CropWindow window);
    }

    private static final Resizing BILINEAR =
            (source, window) -> AntialiasedResize.resize(source, window, AntialiasedResize.Filter.BILINEAR);
    private static final Resizing BICUBIC =
            (source, window) -> AntialiasedResize.resize(source, window, AntialiasedResize.Filter.BICUBIC);

    /** What Pillow 9.4 gives; by hand, doubling weighs four pixels -3 : 29 : 111 : -9 or the other way round, of 128. */
    @Test
    void bicubicAsPillow() {
        assertArrayEquals(new int[] {0, 50, 170, 177, 65, 32, 75, 95}, row(BICUBIC, 8, 10, 200, 30, 90));
        assertArrayEquals(new int[] {86, 93, 123}, row(BICUBIC, 3, 0, 255, 0, 10, 90, 250, 30, 80, 200));
    }

    /** Halving weighs three pixels 3 : 3 : 1 at the edges; doubling weighs two 3 : 1. */
    @Test
    void antialiasedByHand() {
        assertArrayEquals(new int[] {17, 33}, row(BILINEAR, 2, 10, 20, 30, 40));
        assertArrayEquals(new int[] {0, 25, 75, 100}, row(BILINEAR, 4, 0, 100));
        assertArrayEquals(new int[] {127}, row(BILINEAR, 1, 0, 254));
        assertArrayEquals(new int[] {128}, row(BILINEAR, 1, 0, 255));
    }

    /** Only the two nearest pixels count, whatever the scale. */
    @Test
    void plainByHand() {
        assertArrayEquals(new int[] {15, 35}, row(PlainBilinear::resize, 2, 10, 20, 30, 40));
        assertArrayEquals(new int[] {0, 25, 75, 100}, row(PlainBilinear::resize, 4, 0, 100));
        assertArrayEquals(new int[] {30, 0}, row(PlainBilinear::resize, 2, 255, 20, 40, 255, 255, 0, 0, 255));
    }

    /** Halves go to the even level. */
    @Test
    void plainRoundsAsPyTorch() {
        assertArrayEquals(new int[] {0}, row(PlainBilinear::resize, 1, 0, 1));
        assertArrayEquals(new int[] {2}, row(PlainBilinear::resize, 1, 1, 2));
        assertArrayEquals(new int[] {2}, row(PlainBilinear::resize, 1, 2, 3));
        assertArrayEquals(new int[] {254}, row(PlainBilinear::resize, 1, 254, 255));
    }

    /** One axis at a time, so that the antialiased resize rounds once. */
    @ParameterizedTest
    @CsvSource({
        "37, 5, 11, 5", "11, 5, 37, 5", "200, 3, 7, 3", "5, 37, 5, 11", "5, 11, 5, 37", "3, 200, 3, 7", "9, 9, 9, 9"})
    void oneAxisIsExact(int width, int height, int newWidth, int newHeight) {
        Picture source = random(width, height, width);
        CropWindow window = new CropWindow(newWidth, newHeight, 0, 0, newWidth, newHeight);
        assertClose(source, window, true, 0.5, BILINEAR.resize(source, window));
        assertClose(source, window, false, 0.5, PlainBilinear.resize(source, window));
    }

    @ParameterizedTest
    @CsvSource({"37, 23, 11, 17", "11, 17, 37, 23", "60, 5, 8, 40", "1, 1, 6, 4", "50, 40, 1, 1"})
    void bothAxes(int width, int height, int newWidth, int newHeight) {
        Picture source = random(width, height, height);
        CropWindow window = new CropWindow(newWidth, newHeight, 0, 0, newWidth, newHeight);
        assertClose(source, window, true, 1, BILINEAR.resize(source, window));
        assertClose(source, window, false, 0.5, PlainBilinear.resize(source, window));
    }

    @ParameterizedTest
    @CsvSource({"5, 7, 8, 6", "-3, -2, 30, 25", "-1, 4, 10, 10", "10, -4, 14, 30"})
    void aWindowShowsThatPartOfTheWholeOnBlack(int left, int top, int width, int height) {
        Picture source = random(41, 29, 7);
        CropWindow all = new CropWindow(24, 20, 0, 0, 24, 20);
        CropWindow window = new CropWindow(24, 20, left, top, width, height);
        for (Resizing resizing : new Resizing[] {BILINEAR, PlainBilinear::resize}) {
            Picture whole = resizing.resize(source, all);
            Picture part = resizing.resize(source, window);
            assertEquals(width, part.width());
            assertEquals(height, part.height());
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    boolean inside = left + x >= 0 && left + x < 24 && top + y >= 0 && top + y < 20;
                    for (int c = 0; c < 3; c++) {
                        assertEquals(inside ? whole.level(left + x, top + y, c) : 0, part.level(x, y, c));
                    }
                }
            }
        }
    }

    /** The rounded weights of a pixel add up closely enough that white stays white. */
    @ParameterizedTest
    @CsvSource({"7, 3", "3, 7", "1000, 224", "333, 256", "640, 171"})
    void whiteStaysWhite(int from, int to) {
        byte[] rgb = new byte[3 * from * from];
        Arrays.fill(rgb, (byte) 255);
        Picture white = new Picture(from, from, rgb);
        CropWindow window = new CropWindow(to, to, 0, 0, to, to);
        byte[] expected = new byte[3 * to * to];
        Arrays.fill(expected, (byte) 255);
        assertArrayEquals(expected, BILINEAR.resize(white, window).rgb());
        assertArrayEquals(expected, PlainBilinear.resize(white, window).rgb());
    }

    private static int[] row(Resizing resizing, int columns, int... levels) {
        byte[] rgb = new byte[3 * levels.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) levels[i / 3];
        }
        Picture row = resizing.resize(new Picture(levels.length, 1, rgb), new CropWindow(columns, 1, 0, 0, columns, 1));
        int[] result = new int[columns];
        for (int x = 0; x < columns; x++) {
            result[x] = row.level(x, 0, 0);
        }
        return result;
    }

    private static Picture random(int width, int height, long seed) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        return new Picture(width, height, rgb);
    }

    private static void assertClose(
            Picture source, CropWindow window, boolean antialiased, double rounding, Picture found) {
        for (int y = 0; y < window.height(); y++) {
            double[] rows = weights(source.height(), window.resizedHeight(), y, antialiased);
            for (int x = 0; x < window.width(); x++) {
                double[] columns = weights(source.width(), window.resizedWidth(), x, antialiased);
                for (int c = 0; c < 3; c++) {
                    double exact = 0;
                    for (int j = 0; j < rows.length; j++) {
                        for (int i = 0; i < columns.length; i++) {
                            exact += rows[j] * columns[i] * source.level(i, j, c);
                        }
                    }
                    double error = Math.abs(exact - found.level(x, y, c));
                    assertTrue(error <= rounding + ARITHMETIC, "(" + x + ", " + y + "): " + error + " from " + exact);
                }
            }
        }
    }

    /** The weight of every source position: a triangle around the target's centre, as wide as the scale if antialiased. */
    private static double[] weights(int in, int out, int target, boolean antialiased) {
        double scale = (double) in / out;
        double radius = antialiased ? Math.max(scale, 1) : 1;
        double center = (target + 0.5) * scale;
        if (!antialiased) {
            center = Math.clamp(center, 0.5, in - 0.5);
        }
        double[] weights = new double[in];
        double sum = 0;
        for (int i = 0; i < in; i++) {
            weights[i] = Math.max(0, 1 - Math.abs(i + 0.5 - center) / radius);
            sum += weights[i];
        }
        for (int i = 0; i < in; i++) {
            weights[i] /= sum;
        }
        return weights;
    }
}
