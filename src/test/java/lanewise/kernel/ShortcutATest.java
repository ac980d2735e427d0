package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Test;

/** The short-cut without weights: every stride-th pixel between channels of zeros. */
class ShortcutATest extends KernelContract {
    private record Case(Shape in, Dims stride, int before, int behind) {
        /** Places 0, stride, 2 stride, … below the extent. */
        private static int places(int extent, int stride) {
            return (extent + stride - 1) / stride;
        }

        Shape out() {
            return new Shape(in.n(), before + in.c() + behind, places(in.t(), stride.t()), places(in.h(), stride.h()),
                    places(in.w(), stride.w()));
        }

        float[] expected(float[] input) {
            float[] output = new float[out().elements()];
            int from = 0;
            for (int n = 0; n < in.n(); n++) {
                for (int c = 0; c < in.c(); c++) {
                    for (int t = 0; t < in.t(); t++) {
                        for (int y = 0; y < in.h(); y++) {
                            for (int x = 0; x < in.w(); x++) {
                                if (t % stride.t() == 0 && y % stride.h() == 0 && x % stride.w() == 0) {
                                    int channel = n * out().c() + before + c;
                                    int to = ((channel * out().t() + t / stride.t()) * out().h() + y / stride.h()) * out().w();
                                    output[to + x / stride.w()] = input[from];
                                }
                                from++;
                            }
                        }
                    }
                }
            }
            return output;
        }
    }

    @Override
    Kernel.Mode mode() {
        return Kernel.Mode.SCALAR;
    }

    private static Trial trial(Case c, float[] input) {
        return new Trial(c.toString(), new ShortcutA(c.in, c.stride, c.before, c.behind), input, c.out().elements());
    }

    @Override
    List<Trial> trials(Arena arena) {
        RandomGenerator random = new SplittableRandom(1);
        return Stream.of(new Case(Shape.image(2, 16, 32, 32), Dims.spatial(1), 0, 0),
                new Case(Shape.image(2, 4, 9, 8), new Dims(1, 2, 2), 2, 3), new Case(new Shape(1, 4, 5, 6, 7), Dims.cube(2), 0, 4))
                .map(c -> trial(c, Data.gaussian(random, c.in.elements()))).toList();
    }

    @Test
    void randomCases() {
        Sampling.run("short-cut", 1500, random -> {
            Shape in = new Shape(random.nextInt(4), random.nextInt(1, 9), random.nextInt(1, 6), random.nextInt(1, 12), random.nextInt(1, 20));
            Dims stride = new Dims(random.nextInt(1, 6), random.nextInt(1, 6), random.nextInt(1, 6));
            Case c = new Case(in, stride, random.nextInt(4), random.nextInt(4));
            assertEquals(c.out(), new ShortcutA(c.in, c.stride, c.before, c.behind).out());
            float[] input = Data.special(random, in.elements());
            Gate.sameBits(c, c.expected(input), trial(c, input).run());
        });
    }
}
