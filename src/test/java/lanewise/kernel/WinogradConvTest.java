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

/** Winograd's forms with each tile, and their scalar twin. */
class WinogradConvTest {
    private static final int SAMPLES = 1500;

    private abstract static class Contract extends KernelContract {
        abstract Conv create(ConvGeometry geometry, WinogradWeights weights, boolean relu, int threads);

        abstract int rows();

        final Trial trial(Arena arena, ConvCase c, Winograd form, ConvData data) {
            WinogradWeights weights = WinogradWeights.pack(arena, TrialMemory.exact(arena, data.weights()),
                    TrialMemory.exact(arena, data.bias()), c.outputs(), c.in().c(), c.kernel(), form, rows());
            return new Trial(form + " " + c, create(c.geometry(), weights, c.relu(), c.threads()), data.input(), data.residual(),
                    c.out().elements());
        }

        final float[] run(ConvCase c, Winograd form, ConvData data) {
            try (Arena arena = Arena.ofShared()) {
                return trial(arena, c, form, data).run();
            }
        }

        @Override
        final List<Trial> trials(Arena arena) {
            RandomGenerator random = new SplittableRandom(1);
            ConvCase space = space(2, 16, 13, 13, 20).epilogue(true, true, true);
            ConvCase time = time(2, 8, 5, 6, 6, 9).threads(2);
            return List.of(
                    trial(arena, space, Winograd.SPACE4, ConvData.gaussian(space, random)),
                    trial(arena, space.threads(2), Winograd.SPACE2, ConvData.gaussian(space, random)),
                    trial(arena, space.threads(4).epilogue(true, false, false), Winograd.SPACE4,
                            ConvData.gaussian(space.epilogue(true, false, false), random)),
                    trial(arena, time, Winograd.TIME4, ConvData.gaussian(time, random)),
                    trial(arena, time, Winograd.TIME2, ConvData.gaussian(time, random)));
        }

        private void check(ConvCase c, Winograd form, RandomGenerator random) {
            assertTrue(form.fits(c.geometry()), c::toString);
            String what = form + " " + c;
            ConvData gaussian = ConvData.gaussian(c, random);
            float[] actual = run(c, form, gaussian);
            ConvReference.Bounded bounded = new ConvReference(c, gaussian).bounded();
            Gate.withinRounding(what, bounded.values(), largest(bounded.magnitudes()), actual, largestError(form), meanError(form));
            if (form.filter() == MinimalFilter.F23) {
                ConvData integers = timesFour(ConvData.integers(c, random));
                Gate.sameBits(what, new ConvReference(c, integers).exact(), run(c, form, integers));
            }
            if (mode() == Kernel.Mode.VECTOR) {
                Plain plain = new WinogradConvTest().new Plain();
                Gate.sameBits(what, plain.run(c, form, gaussian), actual);
                ConvData special = ConvData.special(c, random);
                Gate.sameBits(what, plain.run(c, form, special), run(c, form, special));
            }
        }

        private void check(ConvCase c, RandomGenerator random) {
            boolean space = c.kernel().w() == 3;
            check(c, space ? Winograd.SPACE4 : Winograd.TIME4, random);
            check(c, space ? Winograd.SPACE2 : Winograd.TIME2, random);
        }

        @Test
        final void sizesAroundTileAndPanel() {
            RandomGenerator random = new SplittableRandom(2);
            for (int extent = 1; extent <= 2 * 4 + 1; extent++) {
                for (int width : new int[] {1, 2, 7, 12, 14, 15, 16, 17, 28, 31, 32, 33, 56, 65, 112}) {
                    check(space(1, 3, extent, width, 5).epilogue(true, true, true), random);
                    check(time(1, 3, extent, 1, width, 5), random);
                }
            }
            for (int outputs = 1; outputs <= 2 * rows() + 1; outputs++) {
                check(space(2, 2, 5, 6, outputs).epilogue(false, false, true), random);
            }
            for (int channels = 1; channels <= 33; channels++) {
                check(space(1, channels, 9, 9, 3), random);
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
            for (ConvCase c : List.of(space(1, 64, 8, 9, 3), space(1, 256, 5, 4, 2), space(1, 512, 7, 7, 2),
                    time(1, 144, 8, 3, 3, 4), time(1, 576, 4, 2, 3, 3))) {
                for (Winograd form : Winograd.values()) {
                    if (form.fits(c.geometry())) {
                        ConvData data = ConvData.gaussian(c, random);
                        ConvReference.Bounded bounded = new ConvReference(c, data).bounded();
                        Gate.withinRounding(form + " " + c, bounded.values(), bounded.magnitudes(), run(c, form, data),
                                largestError(form), meanError(form));
                    }
                }
            }
        }

        @Test
        final void anInfiniteInputStaysInTheTilesThatReadIt() {
            for (Winograd form : List.of(Winograd.SPACE2, Winograd.SPACE4)) {
                int m = form.filter().outputs();
                ConvCase c = space(1, 1, 12, 9, 1);
                float[] input = new float[12 * 9];
                input[5 * 9 + 4] = Float.POSITIVE_INFINITY;
                float[] weights = new float[9];
                weights[4] = 1;
                float[] output = run(c, form, new ConvData(input, weights, new float[1], new float[0]));
                for (int i = 0; i < output.length; i++) {
                    if (!reads(i / 9, 5, m) || !reads(i % 9, 4, m)) {
                        assertEquals(0f, output[i], form + ", row " + i / 9 + ", column " + i % 9);
                    }
                }
                assertFalse(Float.isFinite(output[5 * 9 + 4]), form::toString);
            }
        }

        /** Whether the tile of m outputs that holds {@code output} reads {@code input}, with a padding of one. */
        private static boolean reads(int output, int input, int m) {
            int first = output / m * m - 1;
            return input >= first && input <= first + m + 1;
        }
    }

    /** Bounds in the units of {@link Gate}: those of the direct form for F(2,3), larger for the fractions of F(4,3). */
    private static double largestError(Winograd form) {
        return form.filter() == MinimalFilter.F23 ? Gate.LARGEST : 128;
    }

    private static double meanError(Winograd form) {
        return form.filter() == MinimalFilter.F23 ? Gate.ROOT_MEAN_SQUARE : 8;
    }

    /** Weights that F(2,3) halves twice at most. */
    private static ConvData timesFour(ConvData data) {
        float[] weights = data.weights().clone();
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= 4;
        }
        return new ConvData(data.input(), weights, data.bias(), data.residual());
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

    private static ConvCase space(int n, int channels, int h, int w, int outputs) {
        return ConvCase.plain(Shape.image(n, channels, h, w), outputs, Dims.spatial(3)).padding(0, 1, 1);
    }

    private static ConvCase time(int n, int channels, int t, int h, int w, int outputs) {
        return ConvCase.plain(new Shape(n, channels, t, h, w), outputs, new Dims(3, 1, 1)).padding(1, 0, 0);
    }

    private static ConvCase any(RandomGenerator random) {
        while (true) {
            boolean space = random.nextBoolean();
            Dims kernel = space ? new Dims(random.nextInt(1, 4), 3, 3) : new Dims(3, 1, 1);
            Shape in = new Shape(random.nextInt(1, 4), random.nextInt(1, 20), random.nextInt(1, 8), random.nextInt(1, 20),
                    random.nextInt(1, 40));
            ConvCase c = ConvCase.plain(in, random.nextInt(1, 20), kernel)
                    .stride(space ? random.nextInt(1, 3) : 1, 1, 1)
                    .dilation(space ? random.nextInt(1, 3) : 1, 1, 1)
                    .padding(random.nextInt(0, 3), space ? random.nextInt(0, 4) : 0, space ? random.nextInt(0, 4) : 0)
                    .epilogue(random.nextBoolean(), random.nextBoolean(), random.nextBoolean())
                    .threads(random.nextInt(1, 5));
            if (c.isValid() && (long) c.out().elements() * in.c() * kernel.volume() < 150_000) {
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
            return new WinogradConv(geometry, weights, tile, relu, threads);
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
            return new WinogradConvScalar(geometry, weights, relu);
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
        ConvCase c = space(1, 4, 9, 9, 4);
        assertTrue(Winograd.SPACE4.fits(c.geometry()));
        assertFalse(Winograd.TIME4.fits(c.geometry()));
        assertFalse(Winograd.SPACE2.fits(c.stride(1, 2, 1).geometry()));
        assertFalse(Winograd.SPACE2.fits(c.stride(1, 1, 2).geometry()));
        assertFalse(Winograd.SPACE4.fits(c.dilation(1, 2, 1).geometry()));
        assertFalse(Winograd.SPACE4.fits(c.groups(2).geometry()));
        ConvCase t = time(1, 4, 9, 3, 3, 4);
        assertTrue(Winograd.TIME2.fits(t.geometry()));
        assertFalse(Winograd.TIME2.fits(t.stride(2, 1, 1).geometry()));
        assertFalse(Winograd.TIME2.fits(t.stride(1, 2, 1).geometry()));
        assertFalse(Winograd.TIME2.fits(t.padding(1, 1, 0).geometry()));
        try (Arena arena = Arena.ofShared()) {
            WinogradWeights weights = WinogradWeights.pack(arena, arena.allocate(4 * 4 * 9 * 4), arena.allocate(16), 4, 4,
                    c.kernel(), Winograd.SPACE4, 8);
            assertThrows(IllegalArgumentException.class,
                    () -> new WinogradConv(c.stride(1, 2, 1).geometry(), weights, Tile.ROWS8, false, 1));
            assertThrows(IllegalArgumentException.class, () -> new WinogradConv(c.geometry(), weights, Tile.ROWS6, false, 1));
        }
    }
}
