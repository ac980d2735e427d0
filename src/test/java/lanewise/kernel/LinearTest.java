package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The fully connected layer with each tile and its scalar twin. */
class LinearTest {
    private record Case(int batch, int in, int out) {}

    private record Values(float[] input, float[] weights, float[] bias) {
        static Values of(Case c, Data.Source inputs, Data.Source weights, RandomGenerator random) {
            return new Values(inputs.take(random, c.batch * c.in), weights.take(random, c.out * c.in), inputs.take(random, c.out));
        }
    }

    private abstract static class Contract extends KernelContract {
        abstract Kernel create(int batch, LinearWeights weights);

        abstract int rows();

        /** The bits that another implementation gives. */
        abstract float[] twin(Case c, Values v);

        private Trial trial(Arena arena, Case c, Values v) {
            LinearWeights weights = LinearWeights.pack(arena, TrialMemory.exact(arena, v.weights),
                    TrialMemory.exact(arena, v.bias), c.in, c.out, Tile.pixels());
            return new Trial(c.toString(), create(c.batch, weights), v.input, c.batch * c.out);
        }

        final float[] run(Case c, Values v) {
            try (Arena arena = Arena.ofShared()) {
                return trial(arena, c, v).run();
            }
        }

        @Override
        final List<Trial> trials(Arena arena) {
            RandomGenerator random = new SplittableRandom(1);
            return Stream.of(new Case(1, 64, 100), new Case(9, 33, 65))
                    .map(c -> trial(arena, c, Values.of(c, Data::gaussian, Data::gaussian, random))).toList();
        }

        private void check(Case c, RandomGenerator random) {
            Values integers = Values.of(c, (r, n) -> Data.integers(r, n, 8), (r, n) -> Data.integers(r, n, 4), random);
            float[] exact = new float[c.batch * c.out];
            for (int i = 0; i < exact.length; i++) {
                long sum = (long) integers.bias[i % c.out];
                for (int k = 0; k < c.in; k++) {
                    sum += (long) integers.weights[i % c.out * c.in + k] * (long) integers.input[i / c.out * c.in + k];
                }
                exact[i] = sum;
            }
            Gate.sameBits(c, exact, run(c, integers));

            Values gaussian = Values.of(c, Data::gaussian, Data::gaussian, random);
            double[] sums = new double[c.batch * c.out];
            double[] magnitudes = new double[c.batch * c.out];
            for (int i = 0; i < sums.length; i++) {
                sums[i] = gaussian.bias[i % c.out];
                magnitudes[i] = Math.abs(sums[i]);
                for (int k = 0; k < c.in; k++) {
                    double product = (double) gaussian.weights[i % c.out * c.in + k] * gaussian.input[i / c.out * c.in + k];
                    sums[i] += product;
                    magnitudes[i] += Math.abs(product);
                }
            }
            float[] actual = run(c, gaussian);
            Gate.withinRounding(c, sums, magnitudes, actual);
            Gate.sameBits(c, twin(c, gaussian), actual);
            Values special = Values.of(c, Data::special, Data::special, random);
            Gate.sameBits(c, twin(c, special), run(c, special));
        }

        @Test
        final void sizesAroundTheTile() {
            RandomGenerator random = new SplittableRandom(2);
            for (int out = 1; out <= 2 * Tile.pixels() + 1; out++) {
                check(new Case(2, 5, out), random);
            }
            for (int batch = 0; batch <= 2 * rows() + 1; batch++) {
                check(new Case(batch, 7, 19), random);
            }
            for (int in = 0; in <= 33; in++) {
                check(new Case(3, in, 17), random);
            }
            check(new Case(1, 512, 1000), random);
        }

        @Test
        final void randomCases() {
            Sampling.run(getClass().getName(), 1000,
                    random -> check(new Case(random.nextInt(20), random.nextInt(1, 100), random.nextInt(1, 100)), random));
        }

        /** NaN times zero is NaN; what one sample holds does not reach another; infinite weights reach one output only. */
        @Test
        final void specialValuesStayInTheirPlace() {
            Case c = new Case(3, 4, 37);
            float[] input = new float[12];
            input[5] = Float.NaN;
            float[] output = run(c, new Values(input, new float[4 * 37], new float[37]));
            for (int i = 0; i < output.length; i++) {
                assertEquals(i / 37 == 1 ? Float.NaN : 0f, output[i], "NaN input, element " + i);
            }
            float[] weights = new float[4 * 37];
            weights[36 * 4] = Float.NEGATIVE_INFINITY;
            output = run(c, new Values(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, weights, new float[37]));
            for (int i = 0; i < output.length; i++) {
                assertEquals(i % 37 == 36 ? Float.NEGATIVE_INFINITY : 0f, output[i], "infinite weight, element " + i);
            }
        }
    }

    private abstract static class Vector extends Contract {
        private final Tile tile;

        Vector(Tile tile) {
            this.tile = tile;
        }

        @Override
        final Kernel create(int batch, LinearWeights weights) {
            return new Linear(batch, weights, tile);
        }

        @Override
        final int rows() {
            return tile.rows();
        }

        @Override
        final float[] twin(Case c, Values v) {
            return new LinearTest().new Plain().run(c, v);
        }

        @Override
        final Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }
    }

    @Nested
    class Rows6 extends Vector {
        Rows6() {
            super(Tile.ROWS6);
        }
    }

    @Nested
    class Rows8 extends Vector {
        Rows8() {
            super(Tile.ROWS8);
        }
    }

    @Nested
    class Plain extends Contract {
        @Override
        Kernel create(int batch, LinearWeights weights) {
            return new LinearScalar(batch, weights);
        }

        @Override
        int rows() {
            return 1;
        }

        /** The chain of fused multiply-adds over ascending inputs. */
        @Override
        float[] twin(Case c, Values v) {
            float[] output = new float[c.batch * c.out];
            for (int i = 0; i < output.length; i++) {
                float sum = 0;
                for (int k = 0; k < c.in; k++) {
                    sum = Math.fma(v.weights[i % c.out * c.in + k], v.input[i / c.out * c.in + k], sum);
                }
                output[i] = sum + v.bias[i % c.out];
            }
            return output;
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }
    }
}
