package lanewise.kernel;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Test;

/** What operations that work element by element must give: the same bits as the formula, on all data, also in place. */
abstract class ElementwiseContract extends KernelContract {
    private static final int SAMPLES = 1000;

    /** A trial of this shape; {@code data} makes input and any second input or parameter. */
    abstract Trial trial(Arena arena, Shape shape, Data.Source data, RandomGenerator random);

    /** The formula, one element at a time. */
    abstract float[] expected(Trial trial);

    @Override
    final List<Trial> trials(Arena arena) {
        return Stream.of(Shape.image(2, 3, 7, 9), new Shape(1, 5, 3, 1, 17), Shape.image(1, 2, 150, 170))
                .map(shape -> trial(arena, shape, Data::gaussian, new SplittableRandom(1))).toList();
    }

    private void check(Shape shape, RandomGenerator random) {
        try (Arena arena = Arena.ofShared()) {
            for (Data.Source data : List.<Data.Source>of((r, n) -> Data.integers(r, n, 8), Data::gaussian, Data::special)) {
                Trial trial = trial(arena, shape, data, random);
                float[] expected = expected(trial);
                Gate.sameBits(trial.name() + " " + shape, expected, trial.run());
                Gate.sameBits(trial.name() + " in place " + shape, expected, trial.runInPlace());
            }
        }
    }

    @Test
    final void everyLengthAroundTheVector() {
        RandomGenerator random = new SplittableRandom(2);
        for (int length = 0; length <= 2 * Tile.pixels() + 1; length++) {
            check(Shape.image(1, 1, 1, length), random);
            check(Shape.image(2, 3, 1, length), random);
            check(Shape.vector(1, length), random);
        }
    }

    /** The longest shape that one task takes, one less and one more. */
    @Test
    final void lengthsAroundTheChunk() {
        RandomGenerator random = new SplittableRandom(3);
        for (int length : new int[] {(1 << 14) - 1, 1 << 14, (1 << 14) + 1, (1 << 15) + Lanes.COUNT + 1}) {
            check(Shape.image(1, 1, 1, length), random);
        }
    }

    @Test
    final void randomShapes() {
        Sampling.run(getClass().getName(), SAMPLES, random -> check(new Shape(random.nextInt(4), random.nextInt(1, 18),
                random.nextInt(1, 5), random.nextInt(1, 18), random.nextInt(1, 40)), random));
    }
}
