package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Test;

/** What every convolution must give. */
abstract class ConvContract extends KernelContract {
    private static final int SAMPLES = 3000;

    /** Output channels in a weight panel of the implementation. */
    abstract int rows();

    abstract Conv create(ConvGeometry geometry, ConvWeights weights, boolean relu, int threads);

    /** The bits that another implementation of the same sum gives. */
    abstract float[] twin(ConvCase c, ConvData data);

    final Trial trial(Arena arena, ConvCase c, ConvData data) {
        ConvWeights weights = ConvWeights.pack(arena, TrialMemory.exact(arena, data.weights()),
                TrialMemory.exact(arena, data.bias()), c.outputs(), c.in().c() / c.groups(), c.kernel(), c.groups(), rows());
        return new Trial(c.toString(), create(c.geometry(), weights, c.relu(), c.threads()), data.input(), data.residual(),
                c.out().elements());
    }

    final float[] run(ConvCase c, ConvData data) {
        try (Arena arena = Arena.ofShared()) {
            return trial(arena, c, data).run();
        }
    }

    @Override
    final List<Trial> trials(Arena arena) {
        ConvCase block = ConvCase.plain(Shape.image(2, 16, 13, 13), 20, Dims.spatial(3)).padding(0, 1, 1).epilogue(true, true, true);
        RandomGenerator random = new SplittableRandom(1);
        return List.of(block,
                block.threads(2),
                block.threads(4),
                block.stride(1, 2, 2).epilogue(true, false, false).threads(3),
                block.stride(1, 3, 3).groups(2).epilogue(true, true, false).threads(7),
                ConvCase.plain(new Shape(2, 8, 4, 5, 5), 9, new Dims(3, 1, 1)).padding(1, 0, 0).threads(2))
                .stream().map(c -> trial(arena, c, ConvData.gaussian(c, random))).toList();
    }

    private void check(ConvCase c, RandomGenerator random) {
        assertEquals(c.out(), c.geometry().out(), c::toString);
        ConvData integers = ConvData.integers(c, random);
        Gate.sameBits(c, new ConvReference(c, integers).exact(), run(c, integers));
        ConvData gaussian = ConvData.gaussian(c, random);
        float[] actual = run(c, gaussian);
        ConvReference.Bounded bounded = new ConvReference(c, gaussian).bounded();
        Gate.withinRounding(c, bounded.values(), bounded.magnitudes(), actual);
        Gate.sameBits(c, twin(c, gaussian), actual);
        ConvData special = ConvData.special(c, random);
        Gate.sameBits(c, twin(c, special), run(c, special));
    }

    @Test
    final void fixedCases() {
        RandomGenerator random = new SplittableRandom(2);
        ConvCases.fixed().forEach(c -> check(c, random));
    }

    @Test
    final void sizesAroundTheTile() {
        RandomGenerator random = new SplittableRandom(3);
        ConvCases.aroundTheTile(rows()).forEach(c -> check(c, random));
    }

    @Test
    final void randomCases() {
        Sampling.run(getClass().getSimpleName(), SAMPLES, random -> check(ConvCases.random(random), random));
    }

    @Test
    final void numberOfThreadsDoesNotChangeBits() {
        for (ConvCase c : List.of(
                ConvCase.plain(Shape.image(3, 5, 14, 14), 19, Dims.spatial(3)).padding(0, 1, 1),
                ConvCase.plain(Shape.image(1, 4, 2, 2), 33, Dims.ONE),
                ConvCase.plain(Shape.image(1, 6, 7, 7), 27, Dims.spatial(3)).groups(3))) {
            ConvData data = ConvData.gaussian(c, new SplittableRandom(4));
            float[] expected = run(c, data);
            for (int threads : new int[] {1, 2, 3, 4, 7}) {
                Gate.sameBits(c.threads(threads), expected, run(c.threads(threads), data));
            }
        }
    }

    /** A sample gives the same bits alone and anywhere in a batch. */
    @Test
    final void positionInTheBatchDoesNotChangeBits() {
        ConvCase one = ConvCase.plain(Shape.image(1, 5, 7, 9), 11, Dims.spatial(3)).padding(0, 1, 1);
        ConvData single = ConvData.gaussian(one, new SplittableRandom(5));
        float[] expected = run(one, single);
        for (int batch = 2; batch <= 5; batch++) {
            ConvCase c = ConvCase.plain(one.in().withBatch(batch), 11, one.kernel()).padding(0, 1, 1);
            float[] input = ConvData.gaussian(c, new SplittableRandom(6)).input();
            int length = single.input().length;
            for (int n = 0; n < batch; n++) {
                float[] mixed = input.clone();
                System.arraycopy(single.input(), 0, mixed, n * length, length);
                float[] all = run(c, new ConvData(mixed, single.weights(), single.bias(), single.residual()));
                Gate.sameBits("sample " + n + " of " + batch, expected,
                        Arrays.copyOfRange(all, n * expected.length, (n + 1) * expected.length));
            }
        }
    }

    /** One kernel after another in the same scratch memory, small, large, small: nothing is left over. */
    @Test
    final void scratchMemoryMayBeShared() {
        List<ConvCase> cases = List.of(
                ConvCase.plain(Shape.image(1, 1, 5, 5), 1, Dims.spatial(3)).padding(0, 1, 1),
                ConvCase.plain(Shape.image(1, 33, 11, 11), 17, Dims.spatial(3)).padding(0, 1, 1),
                ConvCase.plain(Shape.image(1, 1, 5, 5), 1, Dims.spatial(3)).padding(0, 1, 1));
        try (Arena arena = Arena.ofShared()) {
            List<ConvData> data = cases.stream().map(c -> ConvData.gaussian(c, new SplittableRandom(7))).toList();
            List<Trial> trials = IntStream.range(0, 3).mapToObj(i -> trial(arena, cases.get(i), data.get(i))).toList();
            long bytes = trials.stream().mapToLong(t -> t.kernel().scratchBytes()).max().orElseThrow();
            Scratch scratch = new Scratch(arena, bytes);
            for (int i = 0; i < 3; i++) {
                try (TrialMemory memory = new TrialMemory(trials.get(i), Arena.ofShared())) {
                    for (int task = 0; task < trials.get(i).kernel().tasks(); task++) {
                        trials.get(i).kernel().run(task, memory.operands(), scratch);
                    }
                    Gate.sameBits(cases.get(i), run(cases.get(i), data.get(i)), memory.result());
                }
            }
        }
    }

    /** A NaN in the input reaches exactly the outputs whose window covers it, through zero weights and ReLU. */
    @Test
    final void nanTimesZeroReachesTheOutput() {
        for (int stride = 1; stride <= 3; stride++) {
            ConvCase c = ConvCase.plain(Shape.image(1, 2, 9, 21), 3, Dims.spatial(3)).padding(0, 1, 1).stride(1, stride, stride)
                    .epilogue(true, true, false);
            for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                for (int place = 0; place < 9 * 21; place++) {
                    float[] input = new float[2 * 9 * 21];
                    input[9 * 21 + place] = value;
                    float[] output = run(c, new ConvData(input, new float[3 * 18], new float[3], new float[0]));
                    for (int i = 0; i < output.length; i++) {
                        int y = i / c.out().w() % c.out().h() * stride;
                        int x = i % c.out().w() * stride;
                        boolean covered = Math.abs(y - place / 21) <= 1 && Math.abs(x - place % 21) <= 1;
                        assertEquals(covered ? Float.NaN : 0f, output[i], c + " " + value + " at " + place);
                    }
                }
            }
        }
    }

    @Test
    final void denormalsAreNotFlushed() {
        ConvCase c = ConvCase.plain(Shape.image(1, 1, 1, 67), 1, Dims.ONE).epilogue(false, false, false);
        float[] input = new float[67];
        for (int i = 0; i < input.length; i++) {
            input[i] = (i % 2 == 0 ? 1 : -1) * Float.intBitsToFloat(1 + 121_000 * i);
        }
        Gate.sameBits(c, input, run(c, new ConvData(input, new float[] {1}, new float[1], new float[0])));
        float[] halves = new float[67];
        for (int i = 0; i < input.length; i++) {
            halves[i] = input[i] * 0.5f;
        }
        Gate.sameBits(c, halves, run(c, new ConvData(input, new float[] {0.5f}, new float[1], new float[0])));
    }

    /** Sums that pass the largest float become infinite, and opposite infinities NaN. */
    @Test
    final void overflowBecomesInfinite() {
        ConvCase c = ConvCase.plain(Shape.image(1, 2, 1, 40), 2, Dims.ONE);
        float[] input = new float[80];
        Arrays.fill(input, Float.MAX_VALUE);
        float[] output = run(c, new ConvData(input, new float[] {2, 1, -2, 0.5f}, new float[2], new float[0]));
        for (int i = 0; i < output.length; i++) {
            assertEquals(i < 40 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY, output[i]);
        }
        input[79] = Float.POSITIVE_INFINITY;
        input[39] = Float.POSITIVE_INFINITY;
        output = run(c, new ConvData(input, new float[] {2, -1, -2, 0.5f}, new float[2], new float[0]));
        assertEquals(Float.NaN, output[39]);
        assertEquals(Float.POSITIVE_INFINITY, output[38]);
        assertEquals(Float.NaN, output[79]);
    }

    /** Zero channels leave the bias. */
    @Test
    final void withoutInputChannelsTheBiasIsLeft() {
        ConvCase c = ConvCase.plain(Shape.image(1, 0, 5, 5), 3, Dims.spatial(3));
        float[] output = run(c, new ConvData(new float[0], new float[0], new float[] {1, -2, 3}, new float[0]));
        for (int i = 0; i < output.length; i++) {
            assertEquals(new float[] {1, -2, 3}[i / 9], output[i]);
        }
    }
}
