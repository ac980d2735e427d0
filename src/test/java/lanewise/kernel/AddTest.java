package lanewise.kernel;

import java.lang.foreign.Arena;
import java.util.random.RandomGenerator;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;

/** The sum of two tensors, with and without ReLU. */
class AddTest {
    private abstract static class Contract extends ElementwiseContract {
        private final boolean relu;

        Contract(boolean relu) {
            this.relu = relu;
        }

        abstract Kernel create(Shape shape, boolean withRelu);

        @Override
        final Trial trial(Arena arena, Shape shape, Data.Source data, RandomGenerator random) {
            return new Trial("add, relu " + relu, create(shape, relu), data.take(random, shape.elements()),
                    data.take(random, shape.elements()), shape.elements());
        }

        /** A sum of two floats in double, rounded to float, is the float sum: double has more than twice the digits. */
        @Override
        final float[] expected(Trial trial) {
            float[] expected = new float[trial.outputs()];
            for (int i = 0; i < expected.length; i++) {
                float sum = (float) ((double) trial.input()[i] + (double) trial.other()[i]);
                expected[i] = relu && sum < 0 ? 0 : sum;
            }
            return expected;
        }
    }

    private abstract static class Vector extends Contract {
        Vector(boolean relu) {
            super(relu);
        }

        @Override
        final Kernel create(Shape shape, boolean withRelu) {
            return new Add(shape, withRelu);
        }

        @Override
        final Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }
    }

    private abstract static class Scalar extends Contract {
        Scalar(boolean relu) {
            super(relu);
        }

        @Override
        final Kernel create(Shape shape, boolean withRelu) {
            return new AddScalar(shape, withRelu);
        }

        @Override
        final Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }
    }

    @Nested
    class VectorSum extends Vector {
        VectorSum() {
            super(false);
        }
    }

    @Nested
    class VectorSumRelu extends Vector {
        VectorSumRelu() {
            super(true);
        }
    }

    @Nested
    class PlainSum extends Scalar {
        PlainSum() {
            super(false);
        }
    }

    @Nested
    class PlainSumRelu extends Scalar {
        PlainSumRelu() {
            super(true);
        }
    }
}
