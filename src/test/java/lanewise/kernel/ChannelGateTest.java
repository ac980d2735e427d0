package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.random.RandomGenerator;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A tensor times the sigmoid of one number for each channel. */
class ChannelGateTest {
    private abstract static class Contract extends ElementwiseContract {
        private Shape shape;

        abstract Kernel create(Shape of);

        @Override
        final Trial trial(Arena arena, Shape of, Data.Source data, RandomGenerator random) {
            shape = of;
            return new Trial("channel gate", create(of), data.take(random, of.elements()),
                    data.take(random, of.n() * of.c()), of.elements());
        }

        /** A product of two floats is exact in double, so it is rounded once. */
        @Override
        final float[] expected(Trial trial) {
            float[] expected = new float[trial.outputs()];
            int i = 0;
            for (float gate : trial.other()) {
                float sigmoid = (float) (1 / (1 + Math.exp(-(double) gate)));
                for (int p = 0; p < shape.t() * shape.h() * shape.w(); p++) {
                    expected[i] = (float) ((double) trial.input()[i] * sigmoid);
                    i++;
                }
            }
            return expected;
        }
    }

    @Nested
    class Vector extends Contract {
        @Override
        Kernel create(Shape shape) {
            return new ChannelGate(shape);
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
            return new ChannelGateScalar(shape);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }
    }

    @Test
    void theSigmoid() {
        assertEquals(0.5f, ChannelGateScalar.sigmoid(0));
        assertEquals(0.73105858f, ChannelGateScalar.sigmoid(1));
        assertEquals(0.26894142f, ChannelGateScalar.sigmoid(-1));
        assertEquals(1f, ChannelGateScalar.sigmoid(Float.MAX_VALUE));
        assertEquals(0f, ChannelGateScalar.sigmoid(Float.NEGATIVE_INFINITY));
        assertEquals(9.3576e-14f, ChannelGateScalar.sigmoid(-30), 1e-17f);
        assertTrue(Float.isNaN(ChannelGateScalar.sigmoid(Float.NaN)));
    }
}
