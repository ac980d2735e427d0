package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Average pooling: the mean of what a window covers, columns first. */
class AvgPoolTest {
    private record Case(Shape in, Dims kernel, Dims stride, boolean ceil) {
        Shape out() {
            return new Shape(in.n(), in.c(), extent(in.t(), kernel.t(), stride.t()), extent(in.h(), kernel.h(), stride.h()),
                    extent(in.w(), kernel.w(), stride.w()));
        }

        /** Windows that lie in the map, or with {@code ceil}: that begin in it, as long as those before do not cover it. */
        private int extent(int in, int kernel, int stride) {
            int count = 0;
            int begin = 0;
            for (; begin + kernel <= in; begin += stride) {
                count++;
            }
            boolean uncovered = begin - stride + kernel < in || count == 0;
            return ceil && begin < in && uncovered && begin + kernel < in + stride ? count + 1 : count;
        }

        boolean isValid() {
            return out().plane() > 0;
        }

        AvgPoolGeometry geometry() {
            return new AvgPoolGeometry(in, kernel, stride, ceil);
        }

        /** Sums of columns, then of rows of these, each in ascending order and rounded to float. */
        float[] expected(float[] input) {
            float[] output = new float[out().elements()];
            for (int i = 0; i < output.length; i++) {
                int x = i % out().w() * stride.w();
                int y = i / out().w() % out().h() * stride.h();
                int t = i / out().w() / out().h() % out().t() * stride.t();
                output[i] = mean(input, i / out().plane() * in.plane(), t, y, x);
            }
            return output;
        }

        private float mean(float[] input, int from, int t, int y, int x) {
            int count = 0;
            Float sum = null;
            for (int inX = x; inX < Math.min(in.w(), x + kernel.w()); inX++) {
                Float column = null;
                for (int inT = t; inT < Math.min(in.t(), t + kernel.t()); inT++) {
                    for (int inY = y; inY < Math.min(in.h(), y + kernel.h()); inY++) {
                        float value = input[from + (inT * in.h() + inY) * in.w() + inX];
                        column = column == null ? value : (Float) (column + value);
                        count++;
                    }
                }
                sum = sum == null ? column : (Float) (sum + column);
            }
            return sum / count;
        }
    }

    private abstract static class Contract extends KernelContract {
        abstract Kernel create(AvgPoolGeometry geometry);

        private Trial trial(Case c, float[] input) {
            return new Trial(c.toString(), create(c.geometry()), input, c.out().elements());
        }

        @Override
        final List<Trial> trials(Arena arena) {
            RandomGenerator random = new SplittableRandom(1);
            return Stream.of(new Case(Shape.image(2, 5, 27, 31), Dims.spatial(2), Dims.spatial(2), true),
                    new Case(new Shape(2, 3, 5, 9, 37), new Dims(4, 7, 7), Dims.ONE, false))
                    .map(c -> trial(c, Data.gaussian(random, c.in().elements()))).toList();
        }

        private void check(Case c, RandomGenerator random) {
            assertEquals(c.out(), c.geometry().out(), c::toString);
            for (Data.Source data : List.<Data.Source>of((r, n) -> Data.integers(r, n, 8), Data::gaussian, Data::special)) {
                float[] input = data.take(random, c.in().elements());
                Gate.sameBits(c, c.expected(input), trial(c, input).run());
            }
        }

        @Test
        final void everyWidthAroundTheVector() {
            RandomGenerator random = new SplittableRandom(2);
            for (int w = 1; w <= 2 * Tile.pixels() + 1; w++) {
                check(new Case(Shape.image(1, 2, 5, w), Dims.spatial(2), Dims.spatial(2), true), random);
                check(new Case(Shape.image(0, 2, 5, w), Dims.spatial(2), Dims.spatial(2), true), random);
            }
        }

        @Test
        final void randomCases() {
            Sampling.run(getClass().getName(), 1500, random -> {
                Case c = random(random);
                while (!c.isValid()) {
                    c = random(random);
                }
                check(c, random);
            });
        }

        private static Case random(RandomGenerator random) {
            Shape in = new Shape(random.nextInt(4), random.nextInt(1, 6), random.nextInt(1, 6), random.nextInt(1, 12),
                    random.nextInt(1, 40));
            return new Case(in, new Dims(random.nextInt(1, 4), random.nextInt(1, 6), random.nextInt(1, 8)),
                    new Dims(random.nextInt(1, 4), random.nextInt(1, 5), random.nextInt(1, 5)), random.nextBoolean());
        }
    }

    @Nested
    class Vector extends Contract {
        @Override
        Kernel create(AvgPoolGeometry geometry) {
            return new AvgPool(geometry);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }
    }

    @Nested
    class Plain extends Contract {
        @Override
        Kernel create(AvgPoolGeometry geometry) {
            return new AvgPoolScalar(geometry);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }
    }

    @Test
    void geometryRefusesWindowsLargerThanTheMap() {
        Shape in = Shape.image(1, 1, 3, 3);
        assertThrows(IllegalArgumentException.class, () -> new AvgPoolGeometry(in, Dims.spatial(4), Dims.spatial(1), true));
        assertThrows(IllegalArgumentException.class, () -> new AvgPoolGeometry(in, Dims.spatial(4), Dims.spatial(2), false));
        assertThrows(IllegalArgumentException.class, () -> new AvgPoolGeometry(in, Dims.ZERO, Dims.ONE, false));
        assertThrows(IllegalArgumentException.class,
                () -> new AvgPoolGeometry(Shape.image(1, 1, 0, 3), Dims.spatial(1), Dims.spatial(2), true));
        assertEquals(Shape.image(1, 1, 1, 1), new AvgPoolGeometry(in, Dims.spatial(4), Dims.spatial(2), true).out());
    }
}
