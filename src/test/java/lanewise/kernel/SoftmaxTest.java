package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Softmax over the channels of vectors and of each position of maps. */
class SoftmaxTest extends KernelContract {
    @Override
    Kernel.Mode mode() {
        return Kernel.Mode.SCALAR;
    }

    private static Trial trial(int batch, int classes, float... input) {
        return new Trial("softmax of " + batch + " x " + classes, new Softmax(Shape.vector(batch, classes)), input, batch * classes);
    }

    @Override
    List<Trial> trials(Arena arena) {
        RandomGenerator random = new SplittableRandom(1);
        return Stream.of(new int[] {5, 10}, new int[] {1, 400})
                .map(s -> trial(s[0], s[1], Data.gaussian(random, s[0] * s[1]))).toList();
    }

    /** Against {@code 1 / sum of exp(x_j - x_i)}, another form of it, in strict double arithmetic. */
    @Test
    void probabilitiesAreRoundedFromDouble() {
        Sampling.run("softmax", 500, random -> {
            int batch = random.nextInt(4);
            int classes = random.nextInt(1, 60);
            float[] input = Data.gaussian(random, batch * classes);
            for (int i = 0; i < input.length; i++) {
                input[i] *= 5;
            }
            float[] output = trial(batch, classes, input).run();
            Gate.sameBits("in place", output, trial(batch, classes, input).runInPlace());
            for (int i = 0; i < output.length; i++) {
                double sum = 0;
                for (int c = 0; c < classes; c++) {
                    sum += StrictMath.exp((double) input[i / classes * classes + c] - input[i]);
                }
                assertEquals(1 / sum, output[i], 0x1.1p-24 / sum);
            }
        });
    }

    @Test
    void largeInputsDoNotOverflow() {
        Gate.sameBits("equal", new float[] {0.5f, 0.5f}, trial(1, 2, Float.MAX_VALUE, Float.MAX_VALUE).run());
        Gate.sameBits("far apart", new float[] {1, 0}, trial(1, 2, Float.MAX_VALUE, -Float.MAX_VALUE).run());
        Gate.sameBits("far below zero", new float[] {0.5f, 0.5f}, trial(1, 2, -3e38f, -3e38f).run());
        Gate.sameBits("one minus infinity", new float[] {1, 0}, trial(1, 2, 3, Float.NEGATIVE_INFINITY).run());
        assertTrue(trial(1, 2, 0, -90).run()[1] > 0);
    }

    /** As in PyTorch: NaN, an infinite input and a sample of minus infinities alone give NaN throughout, for that sample only. */
    @Test
    void whatIsNotDefinedIsNan() {
        for (float[] sample : new float[][] {
            {1, Float.NaN, 2}, {1, Float.POSITIVE_INFINITY, 2}, {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0},
            {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}}) {
            float[] input = new float[9];
            System.arraycopy(sample, 0, input, 3, 3);
            float third = 1f / 3;
            Gate.sameBits(Arrays.toString(sample),
                    new float[] {third, third, third, Float.NaN, Float.NaN, Float.NaN, third, third, third},
                    trial(3, 3, input).run());
        }
    }

    /** Positions of a map are samples whose channels lie apart. */
    @Test
    void positionsDoNotSeeEachOther() {
        int positions = 6;
        int classes = 5;
        float[] vectors = Data.special(new SplittableRandom(3), 2 * positions * classes);
        float[] maps = new float[vectors.length];
        float[] expected = new float[vectors.length];
        float[] rows = trial(2 * positions, classes, vectors).run();
        for (int i = 0; i < vectors.length; i++) {
            int sample = i / classes / positions;
            int at = (sample * classes + i % classes) * positions + i / classes % positions;
            maps[at] = vectors[i];
            expected[at] = rows[i];
        }
        Softmax softmax = new Softmax(new Shape(2, classes, 1, 2, 3));
        Gate.sameBits("maps", expected, new Trial("maps", softmax, maps, maps.length).run());
    }
}
