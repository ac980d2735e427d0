package lanewise.kernel;

import java.lang.foreign.Arena;
import java.util.random.RandomGenerator;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;

/** ReLU: NaN and -0 pass. */
class ReluTest {
    private abstract static class Contract extends ElementwiseContract {
        abstract Kernel create(Shape shape);

        @Override
        final Trial trial(Arena arena, Shape shape, Data.Source data, RandomGenerator random) {
            return new Trial("relu", create(shape), data.take(random, shape.elements()), shape.elements());
        }

        @Override
        final float[] expected(Trial trial) {
            float[] expected = trial.input().clone();
            for (int i = 0; i < expected.length; i++) {
                if (expected[i] < 0) {
                    expected[i] = 0;
                }
            }
            return expected;
        }
    }

    @Nested
    class Vector extends Contract {
        @Override
        Kernel create(Shape shape) {
            return new Relu(shape);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }
    }

    @Nested
    class Plain extends Contract {
        @Override
        Kernel create(Shape shape) {
            return new ReluScalar(shape);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }
    }
}
