package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The mean of each channel. */
class GlobalAvgPoolTest {
    private abstract static class Contract extends KernelContract {
        abstract Kernel create(Shape in);

        /** The bits that another implementation gives. */
        abstract float[] twin(Shape in, float[] input);

        final float[] run(Shape in, float[] input) {
            return trial(in, input).run();
        }

        private Trial trial(Shape in, float[] input) {
            return new Trial("mean of " + in, create(in), input, in.n() * in.c());
        }

        @Override
        final List<Trial> trials(Arena arena) {
            RandomGenerator random = new SplittableRandom(1);
            return Stream.of(Shape.image(2, 5, 7, 7), new Shape(3, 4, 2, 7, 7), Shape.image(1, 3, 1, 5))
                    .map(in -> trial(in, Data.gaussian(random, in.elements()))).toList();
        }

        private void check(Shape in, RandomGenerator random) {
            float[] integers = Data.integers(random, in.elements(), 8);
            float[] expected = new float[in.n() * in.c()];
            int map = in.t() * in.h() * in.w();
            for (int i = 0; i < expected.length; i++) {
                long sum = 0;
                for (int p = 0; p < map; p++) {
                    sum += (long) integers[i * map + p];
                }
                // A quotient rounded to double and then to float is the float quotient: double has more than twice the digits.
                expected[i] = (float) ((double) sum / map);
            }
            Gate.sameBits(in, expected, run(in, integers));

            float[] gaussian = Data.gaussian(random, in.elements());
            double[] means = new double[expected.length];
            double[] magnitudes = new double[expected.length];
            for (int i = 0; i < means.length; i++) {
                for (int p = 0; p < map; p++) {
                    means[i] += gaussian[i * map + p] / (double) map;
                    magnitudes[i] += Math.abs(gaussian[i * map + p]) / (double) map;
                }
            }
            float[] actual = run(in, gaussian);
            Gate.withinRounding(in, means, magnitudes, actual);
            Gate.sameBits(in, twin(in, gaussian), actual);
            float[] special = Data.special(random, in.elements());
            Gate.sameBits(in, twin(in, special), run(in, special));
        }

        @Test
        final void everySizeAroundTheVector() {
            RandomGenerator random = new SplittableRandom(2);
            for (int w = 1; w <= 2 * Tile.pixels() + 1; w++) {
                check(Shape.image(1, 1, 1, w), random);
                check(new Shape(2, 3, 2, 3, w), random);
            }
            check(Shape.image(0, 3, 7, 7), random);
            check(Shape.image(1, 2, 112, 112), random);
        }

        @Test
        final void randomShapes() {
            Sampling.run(getClass().getName(), 1000, random -> check(new Shape(random.nextInt(4), random.nextInt(1, 18),
                    random.nextInt(1, 5), random.nextInt(1, 18), random.nextInt(1, 20)), random));
        }

        @Test
        final void specialValues() {
            Shape in = Shape.image(1, 5, 3, 7);
            float[] input = new float[105];
            Arrays.fill(input, 1);
            input[20] = Float.NaN;
            input[21] = Float.POSITIVE_INFINITY;
            input[43] = Float.NEGATIVE_INFINITY;
            input[61] = Float.POSITIVE_INFINITY;
            Arrays.fill(input, 63, 84, Float.MIN_VALUE);
            Arrays.fill(input, 84, 105, Float.MAX_VALUE);
            Gate.sameBits(in, new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NaN, Float.MIN_VALUE, Float.POSITIVE_INFINITY},
                    run(in, input));
        }
    }

    /** Sixteen sums, element i to sum i mod 16, folded by halves. */
    private static float[] folded(Shape in, float[] input) {
        float[] means = new float[in.n() * in.c()];
        int map = in.t() * in.h() * in.w();
        for (int i = 0; i < means.length; i++) {
            float[] sums = new float[16];
            for (int p = 0; p < map; p++) {
                sums[p % 16] += input[i * map + p];
            }
            for (int half = 8; half > 0; half /= 2) {
                for (int j = 0; j < half; j++) {
                    sums[j] += sums[j + half];
                }
            }
            means[i] = sums[0] / map;
        }
        return means;
    }

    @Nested
    class Vector extends Contract {
        @Override
        Kernel create(Shape in) {
            return new GlobalAvgPool(in);
        }

        @Override
        float[] twin(Shape in, float[] input) {
            return new Plain().run(in, input);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }
    }

    @Nested
    class Plain extends Contract {
        @Override
        Kernel create(Shape in) {
            return new GlobalAvgPoolScalar(in);
        }

        @Override
        float[] twin(Shape in, float[] input) {
            return folded(in, input);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }
    }

    @Test
    void refusesAnEmptyMap() {
        assertThrows(IllegalArgumentException.class, () -> new GlobalAvgPool(Shape.image(1, 3, 0, 7)));
        assertThrows(IllegalArgumentException.class, () -> new GlobalAvgPoolScalar(Shape.image(1, 3, 7, 0)));
        assertEquals(0, new Trial("empty batch", new GlobalAvgPool(Shape.image(0, 3, 7, 7)), new float[0], 0).run().length);
    }
}
