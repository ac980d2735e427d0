package lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import lanewise.model.Architectures;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan says about itself is true. */
class PlanTest {
    private static final Shape PICTURE = Shape.image(1, 3, 11, 9);

    @Test
    void vectorsRunWhereTheyAreAskedFor() throws WeightException {
        try (Arena arena = Arena.ofShared()) {
            Options options = Options.standard().unfused().withAlgorithm(Algorithm.DIRECT);
            Plan plan = Plan.of(arena, Nets.everyKind(), PICTURE, options);
            assertEquals(List.of("PlaneConv", "BatchNorm", "Relu", "MaxPool", "BatchNorm", "Relu", "Add", "GlobalAvgPool",
                    "Linear"), plan.steps().stream().map(Plan.Step::algorithm).toList());
            assertTrue(plan.steps().stream().allMatch(Plan.Step::vectors), () -> "a plain step in " + plan.steps());
        }
    }

    @Test
    void winogradRunsWhereItIsAskedFor() throws WeightException {
        try (Arena arena = Arena.ofShared()) {
            Options options = Options.standard().withAlgorithm(Algorithm.WINOGRAD4);
            Plan plan = Plan.of(arena, Nets.everyKind(), PICTURE, options);
            assertEquals("WinogradConv", plan.steps().getFirst().algorithm());
            Plan scalar = Plan.of(arena, Nets.everyKind(), PICTURE, options.scalar());
            assertEquals("WinogradConvScalar", scalar.steps().getFirst().algorithm());
        }
    }

    /** 3×3 kernels at stride 1 take Winograd's form; strides and other kernels do not. */
    @Test
    void theCostModelChoosesByLayer() throws WeightException {
        try (Arena arena = Arena.ofShared()) {
            Network network = Architectures.named("resnet18").orElseThrow().declare(Weights.seeded());
            Plan plan = Plan.of(arena, network, Shape.image(1, 3, 224, 224), Options.standard());
            for (Plan.Step step : plan.steps()) {
                boolean stage = step.path().matches("layer\\d\\.\\d\\.conv[12]");
                boolean winograd = stage && step.in().h() == step.out().h();
                assertEquals(winograd, step.algorithm().equals("WinogradConv"), step::toString);
            }
        }
    }

    /** Groups of few channels and the stem, whatever the number of threads; pointwise layers do not. */
    @Test
    void groupedConvolutionsRunOnPlanes() throws WeightException {
        try (Arena arena = Arena.ofShared()) {
            Network network = Architectures.named("resnext50_32x4d").orElseThrow().declare(Weights.seeded());
            for (int threads = 1; threads <= 2; threads++) {
                Plan plan = Plan.of(arena, network, Shape.image(1, 3, 224, 224), Options.standard().withThreads(threads));
                List<Plan.Step> planes = plan.steps().stream().filter(step -> step.algorithm().equals("PlaneConv")).toList();
                assertTrue(planes.stream().allMatch(Plan.Step::vectors), () -> "a plain step in " + planes);
                assertEquals(plan.steps().stream().map(Plan.Step::path)
                        .filter(path -> path.matches("conv1|layer\\d\\.\\d\\.conv2")).toList(),
                        planes.stream().map(Plan.Step::path).toList());
                assertEquals(1 + 16, planes.size());
            }
        }
    }

    @Test
    void plainLoopsRunWhereTheyAreAskedFor() throws WeightException {
        try (Arena arena = Arena.ofShared()) {
            Plan plan = Plan.of(arena, Nets.everyKind(), PICTURE, Options.standard().unfused().scalar());
            assertTrue(plan.steps().stream().allMatch(step -> step.algorithm().endsWith("Scalar")),
                    () -> "in " + plan.steps());
            assertFalse(plan.steps().stream().anyMatch(Plan.Step::vectors), () -> "a vector step in " + plan.steps());
        }
    }

    @Test
    void everyStepOfAFusedNetRunsWithVectors() throws WeightException {
        try (Arena arena = Arena.ofShared()) {
            Network network = Architectures.named("resnet18").orElseThrow().declare(Weights.seeded());
            Plan plan = Plan.of(arena, network, Shape.image(1, 3, 224, 224), Options.standard());
            assertEquals(20 + 1 + 1 + 1, plan.steps().size(), "convolutions, pools and classifier");
            assertTrue(plan.steps().stream().allMatch(Plan.Step::vectors), () -> "a plain step in " + plan.steps());
            assertEquals(1_814_073_344L, plan.multiplyAdds());
            Plan direct = Plan.of(arena, network, Shape.image(1, 3, 224, 224),
                    Options.standard().withAlgorithm(Algorithm.DIRECT));
            assertEquals(4 * network.parameters(), direct.weightBytes(), 0.03 * direct.weightBytes());
            assertTrue(plan.weightBytes() < 4 * direct.weightBytes(), "36 elements for 9 taps at most");
        }
    }

    /** torchvision's figures, in units of 10^9; those of the first two to the last digit. */
    @ParameterizedTest
    @CsvSource({
        "resnet18, 1x3x224x224, 1.814073344, 1e-12", "resnet50, 1x3x224x224, 4.089184256, 1e-12",
        "resnet34, 1x3x224x224, 3.664, 5e-4", "resnet101, 1x3x224x224, 7.801, 5e-4",
        "resnet152, 1x3x224x224, 11.514, 5e-4", "resnext50_32x4d, 1x3x224x224, 4.23, 5e-3",
        "resnext101_32x8d, 1x3x224x224, 16.414, 5e-4", "resnext101_64x4d, 1x3x224x224, 15.46, 5e-3",
        "wide_resnet50_2, 1x3x224x224, 11.398, 5e-4", "wide_resnet101_2, 1x3x224x224, 22.753, 5e-4",
        "r2plus1d_18, 1x3x16x112x112, 40.519, 5e-4", "r3d_18, 1x3x16x112x112, 40.697, 5e-4",
        "mc3_18, 1x3x16x112x112, 43.343, 5e-4"})
    void multiplyAdds(String name, String input, double published, double tolerance) {
        Network network = Architectures.named(name).orElseThrow().declare(Weights.seeded());
        Graph graph = Graph.of(network);
        Shape[] shapes = Shapes.infer(graph, network, Shape.parse(input));
        long sum = graph.ops().stream().mapToLong(op -> Shapes.multiplyAdds(op, shapes[op.input()])).sum();
        assertEquals(published, sum / 1e9, tolerance);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aSessionHoldsWhatThePlanSays(int threads) throws WeightException {
        CountingArena counting = new CountingArena();
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(threads)) {
            Plan plan = Plan.of(arena, Nets.everyKind(), PICTURE, Options.standard().withThreads(threads));
            try (Session _ = new Session(plan, workers, counting)) {
                assertEquals(plan.sessionBytes(), counting.given().get());
            }
            assertFalse(counting.scope().isAlive(), "memory lives after close");
        }
    }

    @Test
    void aSessionWithoutRoomGivesBackWhatItHas() throws WeightException {
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(2)) {
            Plan plan = Plan.of(arena, Nets.everyKind(), PICTURE, Options.standard().withThreads(2));
            CountingArena small = new CountingArena(plan.sessionBytes() - 1);
            assertThrows(OutOfMemoryError.class, () -> new Session(plan, workers, small));
            assertFalse(small.scope().isAlive(), "memory lives after a failure");
        }
    }

    @Test
    void packedWeightsAreWhatThePlanSays() throws WeightException {
        try (CountingArena counting = new CountingArena()) {
            for (Options options : List.of(Options.standard(), Options.standard().unfused(), Options.standard().scalar())) {
                long before = counting.given().get();
                long bytes = Program.of(counting, Nets.everyKind(), PICTURE, options).weightBytes();
                assertEquals(bytes, counting.given().get() - before, options::toString);
            }
        }
    }

    /** Zero padding times infinity would be NaN; PyTorch leaves padding out. */
    @Test
    void infiniteAndNaNWeightsDoNotMeetThePadding() throws WeightException {
        float infinity = Float.POSITIVE_INFINITY;
        // The weight lies in the upper left corner: it meets padding in the first row and column.
        assertArrayEquals(new float[] {4, 6, 4, 6, infinity, infinity, 4, infinity, infinity}, ones(infinity));
        assertArrayEquals(new float[] {4, 6, 4, 6, Float.NaN, Float.NaN, 4, Float.NaN, Float.NaN}, ones(Float.NaN));
    }

    /** A 3×3 convolution of ones, with one other weight, over a map of ones; the step must be a plain one. */
    private static float[] ones(float corner) throws WeightException {
        float[] weight = {corner, 1, 1, 1, 1, 1, 1, 1, 1};
        Network network = Nets.net(1, new Layer.Conv("conv", WeightTensor.of("conv.weight", weight, 1, 1, 3, 3),
                Optional.empty(), Dims.spatial(3), Dims.ONE, new Dims(0, 1, 1), Dims.ONE, 1));
        Shape shape = Shape.image(1, 1, 3, 3);
        try (Arena arena = Arena.ofShared()) {
            Plan.Step step = Plan.of(arena, network, shape, Options.standard()).steps().getFirst();
            assertEquals("DirectConvScalar", step.algorithm());
            assertFalse(step.vectors());
        }
        return Nets.run(network, shape, new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1}, Options.standard());
    }

    @Test
    void aLayerThatDoesNotExistCannotBeKept() {
        try (Arena arena = Arena.ofShared()) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Program.of(arena,
                    Nets.everyKind(), PICTURE, Options.standard().keeping(List.of("conv9"))));
            assertTrue(refused.getMessage().contains("conv9") && refused.getMessage().contains("conv1"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1025})
    void threadsHaveLimits(int threads) {
        assertThrows(IllegalArgumentException.class, () -> Options.standard().withThreads(threads));
    }

    /** The explanation tells what the program does, before it reads a weight. */
    @ParameterizedTest
    @CsvSource({"cifar_resnet20, FAST", "resnet18, FAST", "resnet18, SMALL", "resnext50_32x4d, FAST"})
    void theExplanationIsWhatThePlanDoes(String name, Memory memory) throws WeightException {
        Network network = Architectures.named(name).orElseThrow().declare(Weights.seeded());
        Shape shape = Architectures.named(name).orElseThrow().inputShape();
        Options options = Options.standard().withMemory(memory);
        Explanation explanation = Explanation.of(network, shape, options);
        try (Arena arena = Arena.ofShared()) {
            Plan plan = Plan.of(arena, network, shape, options);
            assertEquals(plan.weightBytes(), explanation.weightBytes());
            assertEquals(plan.steps().size(), explanation.steps().size());
            for (int i = 0; i < plan.steps().size(); i++) {
                Plan.Step step = plan.steps().get(i);
                Explanation.Step explained = explanation.steps().get(i);
                assertEquals(step.path(), explained.path());
                assertEquals(step.out(), explained.out());
                if (!explained.candidates().isEmpty()) {
                    assertEquals(step.algorithm(), switch (explained.candidates().getFirst().form()) {
                        case DIRECT -> "DirectConv";
                        case PLANES -> "PlaneConv";
                        case TIME2, TIME4, SPACE2, SPACE4 -> "WinogradConv";
                    }, step::toString);
                }
            }
        }
    }
}
