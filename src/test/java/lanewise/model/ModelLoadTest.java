package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lanewise.model.ResNet.Stage;
import lanewise.nn.Options;
import lanewise.nn.WarmUp;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a file to a model: what options do, and that a load which fails says why and leaves nothing behind. */
class ModelLoadTest {
    private static final Options ONE_THREAD = Options.standard().withThreads(1);
    private static final Shape PICTURE = Shape.image(1, 3, 64, 48);
    private static final List<Stage> STAGES =
            List.of(new Stage(1, 4, 4), new Stage(1, 6, 6), new Stage(2, 8, 8), new Stage(1, 10, 10));
    private static final ResNet SMALL = TestNets.pictures(Block.BOTTLENECK, 8, STAGES, 1, 5);

    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void write() throws WeightException {
        file = Checkpoints.write(folder.resolve("net.safetensors"), SMALL);
    }

    @Test
    void aFileGivesTheModelItWasMadeFrom() throws WeightException {
        try (Model model = Model.load(file)) {
            assertEquals(SMALL, model.architecture());
            assertArrayEquals(seeded(SMALL), run(model));
        }
    }

    @Test
    void optionsThatNoFileTells() throws WeightException {
        Map<String, String> settings = Map.of("epsilon", "1e-2", "replaceStrideWithDilation", "false,true,true");
        Architecture expected = SMALL.with("epsilon", "1e-2").with("replaceStrideWithDilation", "false, true, true");
        try (Model model = Model.load(file, ONE_THREAD, settings)) {
            assertEquals(expected, model.architecture());
            assertArrayEquals(seeded(expected), run(model));
            Shape last = model.plan(PICTURE).steps().reversed().stream().filter(step -> step.path().equals("avgpool"))
                    .findFirst().orElseThrow().in();
            assertEquals(Shape.image(1, 40, 8, 6), last, "the map keeps the size of stage 2");
        }
        assertFalse(Arrays.equals(seeded(SMALL), seeded(SMALL.with("epsilon", "1e-2"))), "epsilon changes nothing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stride                    | 2                 | it has epsilon, replaceStrideWithDilation
            epsilon                   | small             | a number from 0 to 1, such as 1e-3, not 'small'
            epsilon                   | -1e-5             | not '-1e-5'
            epsilon                   | NaN               | not 'NaN'
            epsilon                   | 1                 | not '1'
            replaceStrideWithDilation | true              | wants 3 values
            replaceStrideWithDilation | false,true,maybe  | wants true or false, not 'maybe'
            strideIn1x1               | yes               | wants true or false, not 'yes'
            antialias                 | blur              | wants true or false, not 'blur'
            """)
    void wrongOptionsAreNamed(String option, String value, String message) throws IOException {
        IllegalArgumentException refused = fails(IllegalArgumentException.class, Map.of(option, value));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void familiesSayWhichOptionsTheyHave() {
        Map<String, String> options = Map.of("cifar_resnet20", "epsilon", "r2plus1d_18", "epsilon, maxPool, temporalStrides",
                "r2plus1dnet_18", "epsilon, maxPool, temporalStrides", "resnet50d", "epsilon, antialias");
        options.forEach((name, known) -> {
            Architecture architecture = Architectures.named(name).orElseThrow();
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                    () -> architecture.with("replaceStrideWithDilation", "true,true,true"));
            assertEquals(name + " has no option 'replaceStrideWithDilation'; it has " + known, refused.getMessage());
            assertThrows(IllegalArgumentException.class, () -> architecture.with("epsilon", ""));
        });
    }

    @Test
    void damagedFilesAreNamed() throws IOException, WeightException {
        byte[] sound = Files.readAllBytes(file);
        for (int length : new int[] {0, 7, 100, sound.length / 2, sound.length - 1}) {
            Files.write(file, Arrays.copyOf(sound, length));
            assertTrue(fails(WeightException.class, Map.of()).getMessage().contains(file.toString()), length + " bytes");
        }
        Files.delete(file);
        assertTrue(fails(WeightException.class, Map.of()).getMessage().contains(file.toString()), "no file");
    }

    @Test
    void foreignAndIncompleteCheckpointsAreNamed() throws IOException, WeightException {
        Safetensors.write(file, Map.of(), List.of(WeightTensor.of("encoder.weight", new float[4], 2, 2)));
        String foreign = fails(WeightException.class, Map.of()).getMessage();
        assertTrue(foreign.contains("encoder.weight") && foreign.contains("resnet18"), foreign);
        List<WeightTensor> tensors = new ArrayList<>(Checkpoints.tensors(SMALL).values());
        tensors.removeIf(tensor -> tensor.name().equals("layer2.0.bn1.bias"));
        tensors.add(WeightTensor.of("head.weight", new float[3], 3));
        Safetensors.write(file, Map.of(), tensors);
        String incomplete = fails(WeightException.class, Map.of()).getMessage();
        assertTrue(incomplete.contains("layer2.0.bn1.bias") && incomplete.contains("file has none"), incomplete);
        assertTrue(incomplete.contains("unused: head.weight"), incomplete);
    }

    /** The weights before the last are packed when it turns out to be unreadable: 10 MB, given back each time. */
    @Test
    void weightsOfAFailedLoadAreGivenBack() throws IOException, WeightException {
        Path status = Path.of("/proc/self/status");
        Assumptions.assumeTrue(Files.exists(status), "resident memory is only read on Linux");
        Architecture wide = TestNets.cifar(List.of(1, 1, 1), List.of(16, 32, 512), 10);
        Checkpoints.write(file, wide);
        makeLastTensorComplex();
        String unreadable = fails(WeightException.class, Map.of()).getMessage();
        assertTrue(unreadable.contains("linear.bias") && unreadable.contains("C64"), unreadable);
        // Kernels that are not compiled yet make garbage, which is none of a load's.
        WarmUp.stop();
        while (Thread.getAllStackTraces().keySet().stream().anyMatch(each -> each.getName().equals("lanewise-warm-up"))) {
            Thread.onSpinWait();
        }
        // What the allocator keeps for the next load comes to its height in the first ones.
        failsOften(60);
        long before = resident(status);
        failsOften(60);
        long growth = (resident(status) - before) >> 20;
        assertTrue(growth < 200, "60 loads of 10 MB each left " + growth + " MB");
    }

    private void failsOften(int loads) throws IOException {
        for (int load = 0; load < loads; load++) {
            fails(WeightException.class, Map.of());
        }
    }

    private static long resident(Path status) throws IOException {
        String line = Files.readAllLines(status).stream().filter(each -> each.startsWith("VmRSS")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }

    /** Declares the last tensor of the file as complex numbers, with as many bytes more. */
    private void makeLastTensorComplex() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = (int) bytes.getLong(0);
        String header = new String(bytes.array(), 8, headerLength, StandardCharsets.UTF_8).trim();
        int data = bytes.capacity() - 8 - headerLength;
        int last = header.lastIndexOf("\"F32\"");
        String changed = (header.substring(0, last) + header.substring(last).replace("F32", "C64")
                .replace("," + data + "]", "," + (data + 40) + "]")).concat(" ".repeat(8));
        byte[] text = changed.substring(0, changed.length() - changed.length() % 8).getBytes(StandardCharsets.UTF_8);
        ByteBuffer result = ByteBuffer.allocate(8 + text.length + data + 40).order(ByteOrder.LITTLE_ENDIAN);
        result.putLong(text.length).put(text).put(bytes.array(), 8 + headerLength, data);
        Files.write(file, result.array());
    }

    /** Fails to load, and then no thread and no open file of it remain. */
    private <T extends Throwable> T fails(Class<T> expected, Map<String, String> settings) throws IOException {
        long threads = threads();
        T failure = assertThrows(expected, () -> Model.load(file, Options.standard().withThreads(3), settings));
        assertTrue(threads() <= threads, "threads remain");
        Path open = Path.of("/proc/self/fd");
        if (Files.exists(open)) {
            try (Stream<Path> handles = Files.list(open)) {
                assertFalse(handles.anyMatch(this::isOurs), "the file is still open");
            }
        }
        return failure;
    }

    private boolean isOurs(Path handle) {
        try {
            return Files.readSymbolicLink(handle).startsWith(folder);
        } catch (IOException e) {
            return false;
        }
    }

    /** Threads of models; the one that warms kernels up belongs to the process. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("lanewise-") && !name.equals("lanewise-warm-up")).count();
    }

    private static float[] seeded(Architecture architecture) throws WeightException {
        try (Model model = Model.seeded(architecture, ONE_THREAD)) {
            return run(model);
        }
    }

    private static float[] run(Model model) throws WeightException {
        try (Arena arena = Arena.ofShared()) {
            float[] input = Weights.seeded().take("input", PICTURE.elements()).toArray();
            return model.run(arena, Tensor.of(arena, PICTURE, input)).toArray();
        }
    }
}
