package lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import lanewise.model.Architectures;
import lanewise.model.TestNets;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole small networks: the bits do not depend on how they run. */
class SessionTest {
    private static final Network PICTURES = Architectures.named("cifar_resnet20").orElseThrow().declare(Weights.seeded());
    private static final Network CLIPS =
            TestNets.clips("r2plus1dnet_18", List.of(1, 1, 1, 1), 7).declare(Weights.seeded());

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of(PICTURES, Shape.image(2, 3, 32, 32)),
                Arguments.of(PICTURES, Shape.image(1, 3, 19, 27)),
                Arguments.of(CLIPS, new Shape(1, 3, 5, 17, 23)));
    }

    /** Runs of a few milliseconds, so that there are enough of them to be compiled. */
    static Stream<Arguments> quickNetworks() {
        return Stream.of(
                Arguments.of(PICTURES, Shape.image(1, 3, 19, 27)),
                Arguments.of(CLIPS, new Shape(1, 3, 3, 9, 11)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theNumberOfThreadsDoesNotChangeBits(Network network, Shape shape) throws WeightException {
        float[] input = Nets.gaussian(new Random(1), shape.elements());
        float[] one = Nets.run(network, shape, input, Options.standard().withThreads(1));
        assertFinite(one);
        assertArrayEquals(one, Nets.run(network, shape, input, Options.standard().withThreads(2)), "2 threads");
        assertArrayEquals(one, Nets.run(network, shape, input, Options.standard().withThreads(3)), "3 threads");
    }

    @ParameterizedTest
    @MethodSource("networks")
    void vectorsAndPlainLoopsGiveTheSameBits(Network network, Shape shape) throws WeightException {
        float[] input = Nets.gaussian(new Random(2), shape.elements());
        float[] vectors = Nets.run(network, shape, input, Options.standard());
        assertFinite(vectors);
        assertArrayEquals(vectors, Nets.run(network, shape, input, Options.standard().scalar()));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theBatchDoesNotChangeBits(Network network, Shape shape) throws WeightException {
        for (Algorithm algorithm : List.of(Algorithm.DIRECT, Algorithm.WINOGRAD2, Algorithm.WINOGRAD4)) {
            theBatchDoesNotChangeBits(network, shape, Options.standard().withAlgorithm(algorithm));
        }
    }

    /** With one algorithm for all shapes; the cost model may take another one for another batch. */
    private static void theBatchDoesNotChangeBits(Network network, Shape shape, Options options) throws WeightException {
        Shape one = shape.withBatch(1);
        Shape three = shape.withBatch(3);
        float[] input = Nets.gaussian(new Random(3), three.elements());
        float[] together = Nets.run(network, three, input, options);
        int outputs = together.length / 3;
        for (int n = 0; n < 3; n++) {
            float[] sample = Arrays.copyOfRange(input, n * one.elements(), (n + 1) * one.elements());
            assertArrayEquals(Nets.run(network, one, sample, options),
                    Arrays.copyOfRange(together, n * outputs, (n + 1) * outputs), "sample " + n);
        }
    }

    /** Kept values have places of their own: later steps do not write over them. */
    @Test
    void keptLayersAreWhatAnUnfusedNetComputes() throws WeightException {
        Network network = Nets.net(3, Nets.conv("conv1", 3, 8), Layers.relu(),
                Layers.seq("block", Layers.residual(Nets.conv("conv2", 8, 8), Layers.identity()), Layers.relu()),
                Nets.conv("conv3", 8, 8), Layers.globalAvgPool(), Nets.linear("fc", 8, 5));
        List<String> paths = network.paths();
        assertEquals(List.of("conv1", "conv2", "block", "conv3", "avgpool", "fc"), paths);
        Shape shape = Shape.image(1, 3, 9, 10);
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(2)) {
            Options options = Options.standard().withThreads(2);
            Tensor input = Tensor.of(arena, shape, Nets.gaussian(new Random(4), shape.elements()));
            try (Session unfused = Plan.of(arena, network, shape, options.unfused().keeping(paths)).session(workers)) {
                unfused.run(input);
                for (String path : paths) {
                    try (Session fused = Plan.of(arena, network, shape, options.keeping(List.of(path))).session(workers)) {
                        fused.run(input);
                        assertEquals(unfused.kept(path).shape(), fused.kept(path).shape(), path);
                        assertArrayEquals(unfused.kept(path).toArray(), fused.kept(path).toArray(), path);
                        assertThrows(IllegalArgumentException.class, () -> fused.kept("conv9"));
                    }
                }
            }
        }
    }

    @Test
    void aWrongInputIsRefusedAndTheSessionStaysUsable() throws WeightException {
        Shape shape = Shape.image(1, 3, 9, 10);
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(2);
                Session session = Plan.of(arena, Nets.everyKind(), shape, Options.standard()).session(workers)) {
            Tensor input = Tensor.of(arena, shape, Nets.gaussian(new Random(5), shape.elements()));
            float[] expected = session.run(input).toArray();
            for (Shape wrong : List.of(Shape.image(1, 3, 10, 9), Shape.image(2, 3, 9, 10), Shape.image(1, 4, 9, 10))) {
                ShapeException refused = assertThrows(ShapeException.class, () -> session.run(Tensor.allocate(arena, wrong)));
                assertTrue(refused.getMessage().contains("1x3x9x10") && refused.getMessage().contains(wrong.toString()),
                        refused.getMessage());
                assertArrayEquals(expected, session.run(input).toArray());
            }
        }
    }

    @Test
    void aProfileHasATimeForEachStep() throws WeightException {
        Shape shape = Shape.image(1, 3, 9, 10);
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(2);
                Session session = Plan.of(arena, Nets.everyKind(), shape, Options.standard()).session(workers)) {
            long begin = System.nanoTime();
            long[] nanoseconds = session.profile(Tensor.allocate(arena, shape));
            long whole = System.nanoTime() - begin;
            assertEquals(session.plan().steps().size(), nanoseconds.length);
            assertTrue(Arrays.stream(nanoseconds).allMatch(time -> time > 0), () -> Arrays.toString(nanoseconds));
            assertTrue(Arrays.stream(nanoseconds).sum() <= whole, () -> Arrays.toString(nanoseconds) + " in " + whole);
        }
    }

    @Test
    void anEmptyBatchGivesAnEmptyAnswer() throws WeightException {
        assertEquals(0, Nets.run(Nets.everyKind(), Shape.image(0, 3, 9, 10), new float[0], Options.standard()).length);
    }

    /** Of two pictures in a batch the first has the special value: all its logits show it, the second's do not. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void specialValuesReachTheLogits(float special) throws WeightException {
        Shape shape = Shape.image(2, 3, 32, 32);
        float[] input = Nets.gaussian(new Random(6), shape.elements());
        float[] expected = Nets.run(PICTURES, shape, input, Options.standard());
        input[32 * 16 + 16] = special;
        float[] vectors = Nets.run(PICTURES, shape, input, Options.standard());
        for (int c = 0; c < 10; c++) {
            assertTrue(!Float.isFinite(vectors[c]), "logit " + c + " is " + vectors[c]);
            assertEquals(expected[10 + c], vectors[10 + c], "logit " + c + " of the other picture");
        }
        assertArrayEquals(vectors, Nets.run(PICTURES, shape, input, Options.standard().scalar()));
    }

    /** Compiled code makes no objects. Until the compiler has come to everything, some runs still do. */
    @ParameterizedTest
    @MethodSource("quickNetworks")
    void warmRunsAllocateNothing(Network network, Shape shape) throws WeightException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Options options = Options.standard().withThreads(1);
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1);
                Session session = Plan.of(arena, network, shape, options).session(workers)) {
            Tensor input = Tensor.of(arena, shape, Nets.gaussian(new Random(7), shape.elements()));
            Instant deadline = Instant.now().plus(Duration.ofSeconds(120));
            long least = Long.MAX_VALUE;
            while (least > 0 && Instant.now().isBefore(deadline)) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int run = 0; run < 50; run++) {
                    session.run(input);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, "bytes of 50 runs after 120 seconds");
        }
    }

    private static void assertFinite(float[] values) {
        for (float value : values) {
            assertTrue(Float.isFinite(value), () -> "found " + value);
        }
    }
}
