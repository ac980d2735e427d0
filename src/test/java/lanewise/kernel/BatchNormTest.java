package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.random.RandomGenerator;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Batch norm reduced to a scale and a shift: {@code x * scale + shift}, rounded once. */
class BatchNormTest {
    private abstract static class Contract extends ElementwiseContract {
        private Shape shape;
        private float[] scales;
        private float[] shifts;

        abstract Kernel create(Shape of, ChannelScale factors);

        @Override
        final Trial trial(Arena arena, Shape of, Data.Source data, RandomGenerator random) {
            shape = of;
            scales = data.take(random, of.c());
            shifts = data.take(random, of.c());
            ChannelScale factors = ChannelScale.of(arena, doubles(scales), doubles(shifts));
            return new Trial("batch norm", create(of, factors), data.take(random, of.elements()), of.elements());
        }

        private static double[] doubles(float[] values) {
            double[] doubles = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                doubles[i] = values[i];
            }
            return doubles;
        }

        @Override
        final float[] expected(Trial trial) {
            float[] expected = new float[trial.outputs()];
            int i = 0;
            for (int n = 0; n < shape.n(); n++) {
                for (int c = 0; c < shape.c(); c++) {
                    for (int p = 0; p < shape.t() * shape.h() * shape.w(); p++) {
                        expected[i] = roundedOnce(trial.input()[i], scales[c], shifts[c]);
                        i++;
                    }
                }
            }
            return expected;
        }

        /**
         * The product is exact in double. The sum is rounded to odd there, by its error (Knuth's two-sum), so that the
         * second rounding, to float, is the only one that counts.
         */
        private static float roundedOnce(float x, float scale, float shift) {
            double product = (double) x * scale;
            double sum = product + shift;
            double part = sum - product;
            double error = (product - (sum - part)) + (shift - part);
            boolean even = (Double.doubleToRawLongBits(sum) & 1) == 0;
            if (even && error > 0) {
                return (float) Math.nextUp(sum);
            }
            return (float) (even && error < 0 ? Math.nextDown(sum) : sum);
        }
    }

    @Nested
    class Vector extends Contract {
        @Override
        Kernel create(Shape shape, ChannelScale factors) {
            return new BatchNorm(shape, factors);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }
    }

    @Nested
    class Plain extends Contract {
        @Override
        Kernel create(Shape shape, ChannelScale factors) {
            return new BatchNormScalar(shape, factors);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }
    }

    @Test
    void factorsAreRoundedOnce() {
        try (Arena arena = Arena.ofShared()) {
            double third = 1.0 / 3;
            ChannelScale factors = ChannelScale.of(arena, new double[] {third, 1e300}, new double[] {-third, 1e-300});
            assertEquals((float) third, factors.scale(0));
            assertEquals(Float.POSITIVE_INFINITY, factors.scale(1));
            assertEquals((float) -third, factors.shift(0));
            assertEquals(0f, factors.shift(1));
        }
    }
}
