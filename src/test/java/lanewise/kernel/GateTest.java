package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Test;

/** The tests of the tests: results and kernels with one mistake each, every one of which the gates must catch. */
class GateTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int SEEDS = 12;

    /** A wrong result of a convolution. */
    private record Mutant(String name, float[] output) {}

    private static List<Mutant> mutants(ConvCase c, ConvData data, RandomGenerator random) {
        float[] right = new ConvReference(c, data).chain();
        int plane = right.length / c.in().n() / c.outputs();
        List<Mutant> mutants = new ArrayList<>();

        float[] flipped = right.clone();
        int index = random.nextInt(right.length - 1);
        flipped[index] = right[index + 1];
        mutants.add(new Mutant("an element from the next place", flipped));

        float[] dropped = right.clone();
        dropped[right.length - 1] = 0;
        mutants.add(new Mutant("last element left at zero", dropped));

        float[] undefined = right.clone();
        undefined[right.length - 1] = Float.NaN;
        mutants.add(new Mutant("last element not a number", undefined));

        float[] swapped = right.clone();
        System.arraycopy(right, 0, swapped, plane, plane);
        System.arraycopy(right, plane, swapped, 0, plane);
        mutants.add(new Mutant("two output channels swapped", swapped));

        float[] weights = data.weights().clone();
        for (int o = 0; o < c.outputs(); o++) {
            weights[(o + 1) * c.depth() - 1] = 0;
        }
        mutants.add(new Mutant("last step of the sum skipped", of(c, data, data.input(), weights)));

        float[] oneLess = data.weights().clone();
        int lost = random.nextInt(oneLess.length);
        oneLess[lost] = 0;
        mutants.add(new Mutant("one weight lost", of(c, data, data.input(), oneLess)));

        float[] twice = data.weights().clone();
        twice[lost] *= 2;
        mutants.add(new Mutant("one weight counted twice", of(c, data, data.input(), twice)));

        mutants.add(new Mutant("rows shifted by one: padding off by one", of(c, data, shiftedRight(data.input(), c.in().w()), data.weights())));

        float[] exchanged = data.input().clone();
        System.arraycopy(data.input(), 0, exchanged, plane(c), plane(c));
        System.arraycopy(data.input(), plane(c), exchanged, 0, plane(c));
        mutants.add(new Mutant("two input channels swapped", of(c, data, exchanged, data.weights())));

        float[] withoutBias = new ConvReference(c, new ConvData(data.input(), data.weights(), new float[c.outputs()], data.residual())).chain();
        mutants.add(new Mutant("bias left out", withoutBias));

        float[] withoutRelu = new ConvReference(c.epilogue(true, !c.relu(), c.residual()), data).chain();
        mutants.add(new Mutant("ReLU exchanged", withoutRelu));
        return mutants;
    }

    private static int plane(ConvCase c) {
        return c.in().t() * c.in().h() * c.in().w();
    }

    private static float[] of(ConvCase c, ConvData data, float[] input, float[] weights) {
        return new ConvReference(c, new ConvData(input, weights, data.bias(), data.residual())).chain();
    }

    private static float[] shiftedRight(float[] input, int width) {
        float[] shifted = new float[input.length];
        for (int i = 0; i < input.length; i++) {
            shifted[i] = i % width == 0 ? 0 : input[i - 1];
        }
        return shifted;
    }

    private static ConvCase convolution(int seed) {
        Shape in = Shape.image(1 + seed % 2, 3 + seed, 5 + seed % 3, 6 + seed % 5);
        return ConvCase.plain(in, 2 + seed % 4, Dims.spatial(3)).padding(0, seed % 2, 1).stride(1, 1 + seed % 2, 1)
                .epilogue(true, seed % 2 == 0, seed % 3 == 0);
    }

    /** A mutation may leave small integers as they are; such a mutant, whose bits are the right ones, is none. */
    @Test
    void exactGateCatchesEveryMutant() {
        int caught = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            ConvCase c = convolution(seed);
            ConvData data = ConvData.integers(c, random);
            float[] right = new ConvReference(c, data).exact();
            Gate.sameBits(c, right, new ConvReference(c, data).chain());
            for (Mutant mutant : mutants(c, data, random)) {
                if (!Arrays.equals(right, mutant.output)) {
                    assertThrows(AssertionError.class, () -> Gate.sameBits(c, right, mutant.output), mutant.name + ", " + c);
                    caught++;
                }
            }
        }
        assertTrue(caught >= 100, "only " + caught + " mutants");
    }

    @Test
    void roundingGateCatchesEveryMutant() {
        int caught = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomGenerator random = new SplittableRandom(100 + seed);
            ConvCase c = convolution(seed);
            ConvData data = ConvData.gaussian(c, random);
            ConvReference.Bounded right = new ConvReference(c, data).bounded();
            Gate.withinRounding(c, right.values(), right.magnitudes(), new ConvReference(c, data).chain());
            for (Mutant mutant : mutants(c, data, random)) {
                if (Arrays.equals(new ConvReference(c, data).chain(), mutant.output)) {
                    continue;
                }
                assertThrows(AssertionError.class,
                        () -> Gate.withinRounding(c, right.values(), right.magnitudes(), mutant.output), mutant.name + ", " + c);
                caught++;
            }
        }
        assertTrue(caught >= 100, "only " + caught + " mutants");
    }

    /** The smallest difference there is, and lengths that differ. */
    @Test
    void exactGateSeesTheLastBit() {
        Gate.sameBits("same", new float[] {1, Float.NaN}, new float[] {1, Float.intBitsToFloat(0x7fc00001)});
        assertThrows(AssertionError.class, () -> Gate.sameBits("sign of zero", new float[] {0f}, new float[] {-0f}));
        assertThrows(AssertionError.class, () -> Gate.sameBits("last bit", new float[] {1}, new float[] {Math.nextUp(1f)}));
        assertThrows(AssertionError.class, () -> Gate.sameBits("length", new float[] {1, 0}, new float[] {1}));
    }

    /** Errors of a few units everywhere pass the bound on the largest, not the one on their mean. */
    @Test
    void roundingGateBoundsTheMeanToo() {
        double[] ones = new double[Gate.FEWEST];
        Arrays.fill(ones, 1);
        float off = 1 + 3 * 0x1p-23f;
        float[] all = new float[ones.length];
        Arrays.fill(all, off);
        float[] one = new float[ones.length];
        Arrays.fill(one, 1);
        one[2] = off - 0x1p-23f;
        Gate.withinRounding("one", ones, ones, one);
        assertThrows(AssertionError.class, () -> Gate.withinRounding("all", ones, ones, all));
        assertThrows(AssertionError.class,
                () -> Gate.withinRounding("nothing to round", new double[] {0}, new double[] {0}, new float[] {Float.MIN_VALUE}));
        assertThrows(AssertionError.class,
                () -> Gate.withinRounding("NaN", new double[] {0}, new double[] {1}, new float[] {Float.NaN}));
    }

    /** A kernel that copies its input to its output in four tasks of eight elements, with a mistake. */
    private interface Damage {
        void run(int task, Operands operands, Scratch scratch);
    }

    private static Trial damaged(Damage damage) {
        Kernel kernel = new Kernel() {
            @Override
            public int tasks() {
                return 4;
            }

            @Override
            public long scratchBytes() {
                return 32;
            }

            @Override
            public void run(int task, Operands operands, Scratch scratch) {
                damage.run(task, operands, scratch);
            }

            @Override
            public Mode mode() {
                return Mode.SCALAR;
            }
        };
        return new Trial("damaged", kernel, new float[32], 32);
    }

    private static void copy(int task, MemorySegment from, MemorySegment to) {
        MemorySegment.copy(from, 32L * task, to, 32L * task, 32);
    }

    @Test
    void guardedMemoryCatchesWrongAccess() {
        damaged((task, o, s) -> copy(task, o.input(), o.output())).run();
        damaged((task, o, s) -> copy(task, o.input(), o.output())).checkThatTasksPartitionTheOutput();

        Trial skipsTheTail = damaged((task, o, s) -> MemorySegment.copy(o.input(), 0, o.output(), 0, 124));
        assertThrows(AssertionError.class, skipsTheTail::run);
        assertThrows(AssertionError.class, skipsTheTail::checkThatTasksPartitionTheOutput);

        Trial overlaps = damaged((task, o, s) -> MemorySegment.copy(o.input(), 0, o.output(), 0, 32L * task + 32));
        assertThrows(AssertionError.class, overlaps::checkThatTasksPartitionTheOutput);

        Trial writesItsInput = damaged((task, o, s) -> {
            copy(task, o.input(), o.output());
            o.input().set(FLOAT, 4, 1);
        });
        assertThrows(AssertionError.class, writesItsInput::run);

        Trial readsBehindTheInput = damaged((task, o, s) -> {
            copy(task, o.input(), o.output());
            o.output().set(FLOAT, 0, o.input().get(FLOAT, 128));
        });
        assertThrows(IndexOutOfBoundsException.class, readsBehindTheInput::run);

        Trial usesMoreScratch = damaged((task, o, s) -> s.memory.set(FLOAT, 32, 0));
        assertThrows(IndexOutOfBoundsException.class, usesMoreScratch::run);

        Trial readsOldScratch = damaged((task, o, s) -> {
            copy(task, o.input(), o.output());
            o.output().set(FLOAT, 32L * task, s.memory.get(FLOAT, 0));
        });
        assertThrows(AssertionError.class, () -> Gate.sameBits("stale scratch", new float[32], readsOldScratch.run()));
    }

    @Test
    void canariesCatchWritesAroundTheOutput() {
        Trial trial = damaged((task, o, s) -> copy(task, o.input(), o.output()));
        for (long place : new long[] {0, 252, 256 + 128, 256 + 128 + 252}) {
            try (TrialMemory memory = new TrialMemory(trial, Arena.ofShared())) {
                memory.checkSurroundings();
                memory.guarded().set(FLOAT, place, 1);
                assertThrows(AssertionError.class, memory::checkSurroundings, "written at " + place);
            }
        }
    }

    @Test
    void allocationIsMeasured() {
        float[][] kept = new float[1][];
        Trial allocates = damaged((task, o, s) -> kept[0] = new float[4]);
        assertTrue(allocates.allocatedBytes(200, 512, 1) >= 200 * 4 * 16, "kept " + kept[0].length);
    }
}
