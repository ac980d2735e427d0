package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Max pooling: NaN wins over everything, padding never wins, 0 is larger than -0. */
class MaxPoolTest {
    /** One pooling with its extents counted from the definition. */
    private record Case(Shape in, Dims kernel, Dims stride, Dims padding) {
        static Case of(Shape in, Dims kernel) {
            return new Case(in, kernel, kernel, Dims.ZERO);
        }

        Case stride(int t, int h, int w) {
            return new Case(in, kernel, new Dims(t, h, w), padding);
        }

        Case padding(int t, int h, int w) {
            return new Case(in, kernel, stride, new Dims(t, h, w));
        }

        Shape out() {
            return new Shape(in.n(), in.c(), extent(in.t(), kernel.t(), stride.t(), padding.t()),
                    extent(in.h(), kernel.h(), stride.h(), padding.h()), extent(in.w(), kernel.w(), stride.w(), padding.w()));
        }

        private static int extent(int in, int kernel, int stride, int padding) {
            int count = 0;
            for (int begin = -padding; begin + kernel <= in + padding; begin += stride) {
                count++;
            }
            return count;
        }

        boolean isValid() {
            return out().t() > 0 && out().h() > 0 && out().w() > 0;
        }

        PoolGeometry geometry() {
            return new PoolGeometry(in, kernel, stride, padding);
        }

        float[] expected(float[] input) {
            float[] output = new float[out().elements()];
            int plane = in.t() * in.h() * in.w();
            for (int i = 0; i < output.length; i++) {
                int x = i % out().w() * stride.w() - padding.w();
                int y = i / out().w() % out().h() * stride.h() - padding.h();
                int t = i / out().w() / out().h() % out().t() * stride.t() - padding.t();
                output[i] = largest(input, i / out().plane() * plane, t, y, x);
            }
            return output;
        }

        private float largest(float[] input, int from, int t, int y, int x) {
            float largest = Float.NEGATIVE_INFINITY;
            for (int inT = t; inT < t + kernel.t(); inT++) {
                for (int inY = y; inY < y + kernel.h(); inY++) {
                    for (int inX = x; inX < x + kernel.w(); inX++) {
                        if (inT >= 0 && inT < in.t() && inY >= 0 && inY < in.h() && inX >= 0 && inX < in.w()) {
                            largest = larger(largest, input[from + (inT * in.h() + inY) * in.w() + inX]);
                        }
                    }
                }
            }
            return largest;
        }

        private static float larger(float a, float b) {
            if (a != a || b != b) {
                return Float.NaN;
            }
            if (a == 0 && b == 0) {
                return 1 / a > 0 ? a : b;
            }
            return a > b ? a : b;
        }
    }

    private abstract static class Contract extends KernelContract {
        abstract Kernel create(PoolGeometry geometry);

        private Trial trial(Case c, float[] input) {
            return new Trial(c.toString(), create(c.geometry()), input, c.out().elements());
        }

        @Override
        final List<Trial> trials(Arena arena) {
            RandomGenerator random = new SplittableRandom(1);
            return List.of(
                    Case.of(Shape.image(2, 5, 28, 30), Dims.spatial(3)).stride(1, 2, 2).padding(0, 1, 1),
                    Case.of(new Shape(2, 3, 8, 9, 17), Dims.cube(3)).stride(2, 2, 2).padding(1, 1, 1),
                    Case.of(new Shape(1, 4, 4, 5, 5), new Dims(2, 1, 1)))
                    .stream().map(c -> trial(c, Data.gaussian(random, c.in().elements()))).toList();
        }

        private void check(Case c, RandomGenerator random) {
            assertEquals(c.out(), c.geometry().out(), c::toString);
            for (Data.Source data : List.<Data.Source>of((r, n) -> Data.integers(r, n, 8), Data::gaussian, Data::special)) {
                float[] input = data.take(random, c.in().elements());
                Gate.sameBits(c, c.expected(input), trial(c, input).run());
            }
        }

        @Test
        final void fixedCases() {
            RandomGenerator random = new SplittableRandom(2);
            List<Case> cases = new ArrayList<>();
            for (int w = 1; w <= 2 * Tile.pixels() + 1; w++) {
                cases.add(Case.of(Shape.image(1, 2, 3, w), Dims.spatial(3)).stride(1, 2, 2).padding(0, 1, 1));
                cases.add(Case.of(Shape.image(2, 1, 1, w), Dims.ONE).stride(1, 1, 5));
            }
            for (int k = 1; k <= 7; k++) {
                cases.add(Case.of(Shape.image(1, 3, 1, 9), new Dims(1, k, 1)).padding(0, k / 2, 0));
            }
            cases.add(Case.of(new Shape(1, 2, 2, 3, 3), new Dims(2, 1, 1)).stride(5, 1, 1).padding(1, 0, 0));
            cases.add(Case.of(Shape.image(0, 3, 8, 8), Dims.spatial(2)));
            cases.stream().filter(Case::isValid).forEach(c -> check(c, random));
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
            Dims kernel = new Dims(random.nextInt(1, 4), random.nextInt(1, 6), random.nextInt(1, 8));
            Shape in = new Shape(random.nextInt(4), random.nextInt(1, 9), random.nextInt(1, 6), random.nextInt(1, 12),
                    random.nextInt(1, 40));
            Dims stride = new Dims(random.nextInt(1, 4), random.nextInt(1, 6), random.nextInt(1, 6));
            return new Case(in, kernel, stride, new Dims(random.nextInt(kernel.t() / 2 + 1),
                    random.nextInt(kernel.h() / 2 + 1), random.nextInt(kernel.w() / 2 + 1)));
        }

        @Test
        final void paddingNeverWins() {
            Case c = Case.of(Shape.image(1, 1, 5, 5), Dims.spatial(3)).stride(1, 1, 1).padding(0, 1, 1);
            for (float value : new float[] {Float.NEGATIVE_INFINITY, -5, -0f, Float.NaN}) {
                float[] input = new float[25];
                Arrays.fill(input, value);
                Gate.sameBits(c + " of " + value, input, trial(c, input).run());
            }
        }
    }

    @Nested
    class Vector extends Contract {
        @Override
        Kernel create(PoolGeometry geometry) {
            return new MaxPool(geometry);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }
    }

    @Nested
    class Plain extends Contract {
        @Override
        Kernel create(PoolGeometry geometry) {
            return new MaxPoolScalar(geometry);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }
    }

    @Test
    void geometryRefusesWindowsThatMayLieInPadding() {
        Shape in = Shape.image(1, 1, 5, 5);
        assertThrows(IllegalArgumentException.class, () -> new PoolGeometry(in, Dims.spatial(3), Dims.ONE, new Dims(0, 2, 0)));
        assertThrows(IllegalArgumentException.class, () -> new PoolGeometry(in, Dims.spatial(3), Dims.ONE, new Dims(1, 0, 0)));
        assertThrows(IllegalArgumentException.class, () -> new PoolGeometry(in, Dims.spatial(6), Dims.ONE, Dims.ZERO));
        assertThrows(IllegalArgumentException.class,
                () -> new PoolGeometry(in, Dims.spatial(3), Dims.spatial(1 << 30), new Dims(0, 1 << 30, 1 << 30)));
        assertThrows(IllegalArgumentException.class,
                () -> new PoolGeometry(Shape.image(1, 1, 0, 5), Dims.spatial(2), Dims.ONE, new Dims(0, 1, 1)));
    }
}
