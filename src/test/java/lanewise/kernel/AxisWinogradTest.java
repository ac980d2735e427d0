package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Winograd's form along time and height with each tile, and its scalar twin. */
class AxisWinogradTest {
    private static final int SAMPLES = 1500;
    /** Errors in the units of {@link Gate} where there are few products; deep sums keep the bounds of the direct form. */
    private static final double LARGEST = 64;
    private static final double ROOT_MEAN_SQUARE = 4;

    private abstract static class Contract extends KernelContract {
        abstract Conv create(ConvGeometry geometry, WinogradWeights weights, boolean relu, int threads);

        abstract int rows();

        final Trial trial(Arena arena, ConvCase c, ConvData data) {
            ConvWeights direct = ConvWeights.pack(arena, TrialMemory.exact(arena, data.weights()),
                    TrialMemory.exact(arena, data.bias()), c.outputs(), c.in().c(), c.kernel(), 1, rows());
            WinogradWeights weights = WinogradWeights.transform(arena, direct, c.geometry(), axis(c));
            return new Trial(c.toString(), create(c.geometry(), weights, c.relu(), c.threads()), data.input(), data.residual(),
                    c.out().elements());
        }

        final float[] run(ConvCase c, ConvData data) {
            try (Arena arena = Arena.ofShared()) {
                return trial(arena, c, data).run();
            }
        }

        @Override
        final List<Trial> trials(Arena arena) {
            RandomGenerator random = new SplittableRandom(1);
            ConvCase spatial = spatial(2, 16, 13, 13, 20).epilogue(true, true, true);
            return List.of(spatial, spatial.threads(2), spatial.threads(4).epilogue(true, false, false),
                            temporal(2, 8, 5, 6, 6, 9).threads(2))
                    .stream().map(c -> trial(arena, c, ConvData.gaussian(c, random))).toList();
        }

        private void check(ConvCase c, RandomGenerator random) {
            assertTrue(AxisWinograd.fits(c.geometry(), axis(c)), c::toString);
            ConvData gaussian = ConvData.gaussian(c, random);
            float[] actual = run(c, gaussian);
            ConvReference.Bounded bounded = new ConvReference(c, gaussian).bounded();
            Gate.withinRounding(c, bounded.values(), largest(bounded.magnitudes()), actual, LARGEST, ROOT_MEAN_SQUARE);
            if (mode() == Kernel.Mode.VECTOR) {
                Gate.sameBits(c, new AxisWinogradTest().new Plain().run(c, gaussian), actual);
                ConvData special = ConvData.special(c, random);
                Gate.sameBits(c, new AxisWinogradTest().new Plain().run(c, special), run(c, special));
            }
        }

        @Test
        final void sizesAroundTileAndPanel() {
            RandomGenerator random = new SplittableRandom(2);
            for (int extent = 1; extent <= 2 * F43.OUTPUTS + 1; extent++) {
                for (int width : new int[] {1, 2, 7, 14, 15, 16, 17, 28, 31, 32, 33, 65}) {
                    check(spatial(1, 3, extent, width, 5).epilogue(true, true, true), random);
                    check(temporal(1, 3, extent, 1, width, 5), random);
                }
            }
            for (int outputs = 1; outputs <= 2 * rows() + 1; outputs++) {
                check(spatial(2, 2, 5, 6, outputs).epilogue(false, false, true), random);
            }
        }

        @Test
        final void randomCases() {
            Sampling.run(getClass().getSimpleName(), SAMPLES, random -> check(any(random), random));
        }

        /** Layers as deep as real ones, each output against the sum of its own products. */
        @Test
        final void deepLayersRoundLittle() {
            RandomGenerator random = new SplittableRandom(4);
            for (ConvCase c : List.of(spatial(1, 64, 8, 9, 3), spatial(1, 256, 5, 4, 2), temporal(1, 144, 8, 3, 3, 4),
                    temporal(1, 576, 4, 2, 3, 3))) {
                ConvData data = ConvData.gaussian(c, random);
                ConvReference.Bounded bounded = new ConvReference(c, data).bounded();
                Gate.withinRounding(c, bounded.values(), bounded.magnitudes(), run(c, data));
            }
        }

        @Test
        final void anInfiniteInputStaysInItsTile() {
            ConvCase c = spatial(1, 1, 12, 9, 1);
            float[] input = new float[12 * 9];
            input[5 * 9 + 4] = Float.POSITIVE_INFINITY;
            float[] weights = new float[9];
            weights[4] = 1;
            float[] output = run(c, new ConvData(input, weights, new float[1], new float[0]));
            for (int i = 0; i < output.length; i++) {
                int y = i / 9;
                int x = i % 9;
                if (Math.abs(x - 4) > 1 || y >= 8) {
                    assertEquals(0f, output[i], "row " + y + ", column " + x);
                }
            }
            assertFalse(Float.isFinite(output[5 * 9 + 4]));
        }
    }

    /**
     * The largest magnitude of all outputs, for each: the transforms mix the taps and the inputs of a tile, so that with few
     * products an output may be far smaller than what it is made from.
     */
    private static double[] largest(double[] magnitudes) {
        double[] largest = new double[magnitudes.length];
        Arrays.fill(largest, Arrays.stream(magnitudes).max().orElse(0));
        return largest;
    }

    private static Axis axis(ConvCase c) {
        return c.kernel().h() == 3 ? Axis.HEIGHT : Axis.TIME;
    }

    private static ConvCase spatial(int n, int channels, int h, int w, int outputs) {
        return ConvCase.plain(Shape.image(n, channels, h, w), outputs, Dims.spatial(3)).padding(0, 1, 1);
    }

    private static ConvCase temporal(int n, int channels, int t, int h, int w, int outputs) {
        return ConvCase.plain(new Shape(n, channels, t, h, w), outputs, new Dims(3, 1, 1)).padding(1, 0, 0);
    }

    private static ConvCase any(RandomGenerator random) {
        while (true) {
            Axis axis = random.nextBoolean() ? Axis.HEIGHT : Axis.TIME;
            int other = random.nextInt(1, 4);
            int width = random.nextInt(1, 6);
            Dims kernel = axis == Axis.HEIGHT ? new Dims(other, 3, width) : new Dims(3, random.nextBoolean() ? 1 : 2, width);
            Shape in = new Shape(random.nextInt(1, 3), random.nextInt(1, 20), random.nextInt(1, 8), random.nextInt(1, 12),
                    random.nextInt(1, 40));
            int s = random.nextInt(1, 3);
            int d = random.nextInt(1, 3);
            ConvCase c = ConvCase.plain(in, random.nextInt(1, 20), kernel)
                    .stride(axis == Axis.HEIGHT ? s : 1, axis == Axis.TIME ? s : 1, 1)
                    .padding(random.nextInt(0, 3), random.nextInt(0, 3), random.nextInt(0, 4))
                    .dilation(axis == Axis.HEIGHT ? d : 1, axis == Axis.TIME ? d : 1, d)
                    .epilogue(random.nextBoolean(), random.nextBoolean(), random.nextBoolean())
                    .threads(random.nextInt(1, 5));
            if (c.isValid() && (long) c.out().elements() * c.in().c() * kernel.volume() < 150_000) {
                return c;
            }
        }
    }

    @Nested
    class Rows6 extends Vectors {
        Rows6() {
            super(Tile.ROWS6);
        }
    }

    @Nested
    class Rows8 extends Vectors {
        Rows8() {
            super(Tile.ROWS8);
        }
    }

    private abstract static class Vectors extends Contract {
        private final Tile tile;

        Vectors(Tile tile) {
            this.tile = tile;
        }

        @Override
        Conv create(ConvGeometry geometry, WinogradWeights weights, boolean relu, int threads) {
            return new AxisWinograd(geometry, weights, tile, relu, threads);
        }

        @Override
        int rows() {
            return tile.rows();
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }
    }

    @Nested
    class Plain extends Contract {
        @Override
        Conv create(ConvGeometry geometry, WinogradWeights weights, boolean relu, int threads) {
            return new AxisWinogradScalar(geometry, weights, relu);
        }

        @Override
        int rows() {
            return 7;
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }
    }

    @Test
    void fitsOnlyThreeUnitSteps() {
        ConvCase c = spatial(1, 4, 9, 9, 4);
        assertTrue(AxisWinograd.fits(c.geometry(), Axis.HEIGHT));
        assertFalse(AxisWinograd.fits(c.geometry(), Axis.TIME));
        assertFalse(AxisWinograd.fits(c.stride(1, 2, 1).geometry(), Axis.HEIGHT));
        assertFalse(AxisWinograd.fits(c.stride(1, 1, 2).geometry(), Axis.HEIGHT));
        assertFalse(AxisWinograd.fits(c.dilation(1, 2, 1).geometry(), Axis.HEIGHT));
        assertFalse(AxisWinograd.fits(c.groups(2).geometry(), Axis.HEIGHT));
        try (Arena arena = Arena.ofShared()) {
            ConvWeights direct = ConvWeights.pack(arena, arena.allocate(4 * 4 * 9 * 4), arena.allocate(16), 4, 4, c.kernel(), 1, 8);
            WinogradWeights weights = WinogradWeights.transform(arena, direct, c.geometry(), Axis.HEIGHT);
            assertThrows(IllegalArgumentException.class,
                    () -> new AxisWinograd(c.stride(1, 2, 1).geometry(), weights, Tile.ROWS8, false, 1));
            assertThrows(IllegalArgumentException.class, () -> new AxisWinograd(c.geometry(), weights, Tile.ROWS6, false, 1));
        }
    }
}
