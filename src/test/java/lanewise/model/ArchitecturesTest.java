package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import lanewise.SharedFiles;
import lanewise.model.ResNet.Block;
import lanewise.model.ResNet.Stage;
import lanewise.model.VideoResNet.Kind;
import lanewise.model.VideoResNet.Widths;
import lanewise.weights.DType;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint tells its architecture; one that lies is refused. */
class ArchitecturesTest {
    private static final List<Boolean> STRIDED = List.of(false, false, false);

    static Stream<Architecture> published() {
        return Architectures.names().stream().map(name -> Architectures.named(name).orElseThrow());
    }

    /** Nets of no published size: every number comes from the file. */
    static Stream<Architecture> unpublished() {
        List<Stage> basic = List.of(new Stage(1, 8, 8), new Stage(2, 12, 12), new Stage(1, 20, 20), new Stage(3, 24, 24));
        List<Stage> bottleneck = List.of(new Stage(1, 4, 6), new Stage(1, 8, 12), new Stage(2, 6, 18), new Stage(1, 4, 6));
        Widths narrow = new Widths(5, List.of(8, 12, 20, 24));
        Widths whole = new Widths(Widths.PUBLISHED.stem(), narrow.stages());
        return Stream.of(
                new ResNet("resnet_1_2_1_3", Block.BASIC, 10, basic, 1, STRIDED, 7, 1e-5),
                new ResNet("resnet_1_1_2_1", Block.BOTTLENECK, 10, bottleneck, 3, STRIDED, 7, 1e-5),
                new ResNet("resnet_1_1_2_1", Block.BOTTLENECK, 10, bottleneck, 1, STRIDED, 0, 1e-5),
                new CifarResNet("cifar_resnet14", List.of(1, 3, 2), List.of(8, 20, 30), 100, 1e-5),
                new CifarResNet("cifar_resnet8", List.of(1, 1, 1), List.of(4, 8, 16), 0, 1e-5),
                new VideoResNet("r2plus1d_14", Kind.R2PLUS1D_BY_BLOCK, List.of(1, 2, 1, 2), 11, 1e-5),
                new VideoResNet("vmz_r2plus1d_10", Kind.R2PLUS1D_BY_CONV, List.of(1, 1, 1, 1), 0, 1e-3),
                new VideoResNet("r3d_10", Kind.R3D, List.of(1, 1, 1, 1), 5, 1e-5),
                new VideoResNet("mc3_12", Kind.MC3, List.of(1, 1, 1, 2), 5, 1e-5),
                new VideoResNet("r2plus1d_1_2_1_1", Kind.R2PLUS1D_BY_BLOCK, narrow, List.of(1, 2, 1, 1), 9, 1e-5),
                new VideoResNet("vmz_r2plus1d_1_1_1_1", Kind.R2PLUS1D_BY_CONV, narrow, List.of(1, 1, 1, 1), 9, 1e-3),
                new VideoResNet("r3d_1_1_1_1", Kind.R3D, whole, List.of(1, 1, 1, 1), 9, 1e-5),
                new VideoResNet("mc3_1_1_1_1", Kind.MC3, whole, List.of(1, 1, 1, 1), 0, 1e-5),
                new R2Plus1dNet("r2plus1dnet_12", List.of(1, 2, 1, 1), 101, 1e-5),
                new R2Plus1dNet("r2plus1dnet_10", List.of(1, 1, 1, 1), 0, 1e-5),
                new R2Plus1dNet("r2plus1dnet_10", "res2plus1d", List.of(1, 1, 1, 1), 0, 1e-5));
    }

    @ParameterizedTest
    @MethodSource({"published", "unpublished"})
    void aCheckpointTellsItsArchitecture(Architecture architecture) throws WeightException {
        Weights weights = Checkpoints.weights(architecture);
        assertEquals(Optional.of(architecture), Architectures.recognise(weights));
        architecture.declare(weights);
        weights.finish();
    }

    @Test
    void soDoesAFile(@TempDir Path folder) throws WeightException {
        CifarResNet architecture = new CifarResNet("cifar_resnet12", List.of(1, 2, 2), List.of(4, 8, 16), 3, 1e-5);
        try (WeightFile file = WeightFile.open(Checkpoints.write(folder.resolve("net"), architecture))) {
            assertEquals(Optional.of(architecture), Architectures.recognise(file.weights()));
        }
    }

    /** Keys and shapes of checkpoints that others have published. */
    @ParameterizedTest
    @CsvSource({
        "tv-resnet18, resnet18, 1000", "tv-resnet34, resnet34, 1000", "tv-resnet50, resnet50, 1000",
        "tv-resnet101, resnet101, 1000", "tv-resnet152, resnet152, 1000", "tv-resnext50_32x4d, resnext50_32x4d, 1000",
        "tv-resnext101_32x8d, resnext101_32x8d, 1000", "tv-wide_resnet50_2, wide_resnet50_2, 1000",
        "tv-r2plus1d_18, r2plus1d_18, 400", "tv-r3d_18, r3d_18, 400", "tv-mc3_18, mc3_18, 400",
        "ig65m-r2plus1d_34-400, vmz_r2plus1d_34, 400",
        "irhum-18-400, r2plus1dnet_18, 400", "irhum-34-400, r2plus1dnet_34, 400",
        "cifar-akamaster-resnet20, cifar_resnet20, 10", "cifar-akamaster-resnet56, cifar_resnet56, 10"})
    void publishedKeys(String file, String name, int classes) throws IOException, WeightException {
        Map<String, int[]> keys = new LinkedHashMap<>();
        for (String line : Files.readAllLines(SharedFiles.require("notes/weights-keys/" + file + ".txt"))) {
            String[] parts = line.split("\t");
            keys.put(parts[0], parts.length < 2 || parts[1].isBlank() ? new int[0]
                    : Arrays.stream(parts[1].split("x")).mapToInt(Integer::parseInt).toArray());
        }
        Weights weights = claim(keys);
        Architecture architecture = Architectures.recognise(weights).orElseThrow();
        assertEquals(name, architecture.name());
        assertEquals(classes, architecture.classes());
        architecture.declare(weights);
        weights.finish();
    }

    @Test
    void otherCheckpointsAreNotRecognised() {
        assertEquals(Optional.empty(), Architectures.recognise(claim(Map.of("layer1.0.conv2.0.weight", new int[] {4, 4, 3, 3}))),
                "the name of a video net's convolution, without a stem of five axes");
        assertEquals(Optional.empty(), Architectures.recognise(claim(Map.of())));
        assertEquals(Optional.empty(), Architectures.recognise(claim(Map.of("features.0.weight", new int[] {64, 3, 3, 3}))));
        assertEquals(Optional.empty(), Architectures.named("resnet19"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "resnext50_32x4d", "cifar_resnet20", "r2plus1d_18", "vmz_r2plus1d_18",
        "r3d_18", "mc3_18", "r2plus1dnet_18"})
    void oneLyingShapeIsRefused(String name) {
        Map<String, WeightTensor> sound = Checkpoints.tensors(Architectures.named(name).orElseThrow());
        for (WeightTensor lying : sound.values()) {
            for (int axis = 0; axis < lying.dims().size(); axis++) {
                for (int extent : new int[] {0, 1, 7, 1 << 20, (1 << 20) + 1, Integer.MAX_VALUE}) {
                    int[] dims = lying.dims().stream().mapToInt(Integer::intValue).toArray();
                    if (dims[axis] != extent) {
                        dims[axis] = extent;
                        Map<String, WeightTensor> tensors = new LinkedHashMap<>(sound);
                        tensors.put(lying.name(), new Claim(lying.name(), Arrays.stream(dims).boxed().toList()));
                        assertRefused(Weights.of("lying", tensors));
                    }
                }
            }
        }
    }

    @Test
    void aMissingTensorIsRefused() {
        Map<String, WeightTensor> sound = Checkpoints.tensors(Architectures.named("resnext50_32x4d").orElseThrow());
        for (String missing : sound.keySet()) {
            Map<String, WeightTensor> tensors = new LinkedHashMap<>(sound);
            tensors.remove(missing);
            assertRefused(Weights.of("lacking " + missing, tensors));
        }
    }

    /** Shapes that agree with each other and with no network: 0 channels at every layer, and no classifier. */
    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "cifar_resnet20", "r2plus1d_18"})
    void channelsOfNothingAreRefused(String name) {
        Map<String, int[]> keys = new LinkedHashMap<>();
        for (WeightTensor tensor : Checkpoints.tensors(Architectures.named(name).orElseThrow()).values()) {
            if (!tensor.name().startsWith("fc.") && !tensor.name().startsWith("linear.")) {
                int[] dims = tensor.dims().stream().mapToInt(Integer::intValue).toArray();
                dims[0] = 0;
                if (dims.length > 1 && dims[1] != 3) {
                    dims[1] = 0;
                }
                keys.put(tensor.name(), dims);
            }
        }
        assertRefused(claim(keys));
    }

    /** Every tensor fits the others, but 11 channels do not split into the 3 groups that the first stage has. */
    @Test
    void groupsThatDoNotDivideAreRefused() {
        Map<String, int[]> keys = new LinkedHashMap<>();
        List<Stage> stages = List.of(new Stage(1, 4, 9), new Stage(1, 4, 11), new Stage(1, 4, 9), new Stage(1, 4, 9));
        Checkpoints.tensors(new ResNet("odd", Block.BOTTLENECK, 8, stages, 3, STRIDED, 5, 1e-5))
                .forEach((key, tensor) -> keys.put(key, tensor.dims().stream().mapToInt(Integer::intValue).toArray()));
        assertRefused(claim(keys));
    }

    /** Short-cuts without weights cannot drop channels. */
    @Test
    void stagesThatBecomeNarrowerAreRefused() {
        assertRefused(Checkpoints.weights(new CifarResNet("narrow", List.of(1, 1, 1), List.of(16, 32, 16), 5, 1e-5)));
    }

    @Test
    void hugeAndManyLayerNumbersAreRefused() {
        for (String key : List.of("layer1.2147483647.conv1.weight", "layer1.99999999999999999999.conv1.weight",
                "layer1.-1.conv1.weight", "layer9.0.conv1.weight", "layer2147483648.0.conv1.weight")) {
            Map<String, WeightTensor> tensors = Checkpoints.tensors(Architectures.named("resnet18").orElseThrow());
            tensors.put(key, new Claim(key, List.of(64, 64, 3, 3)));
            assertRefused(Weights.of("numbers", tensors));
        }
        Map<String, WeightTensor> many = Checkpoints.tensors(Architectures.named("resnet18").orElseThrow());
        for (int block = 0; block < 3000; block++) {
            String key = "layer1." + block + ".conv3.weight";
            many.put(key, new Claim(key, List.of(64, 64, 3, 3)));
        }
        assertRefused(Weights.of("many", many));
    }

    /** Either no network that Lanewise knows, or one that the tensors do not fit. */
    private static void assertRefused(Weights weights) {
        Architectures.recognise(weights).ifPresent(architecture -> {
            architecture.declare(weights);
            assertThrows(WeightException.class, weights::finish, architecture::toString);
        });
    }

    private static Weights claim(Map<String, int[]> keys) {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        keys.forEach((name, dims) -> tensors.put(name, new Claim(name, Arrays.stream(dims).boxed().toList())));
        return Weights.of("claims", tensors);
    }

    /** A tensor that has a shape and no values. */
    private record Claim(String name, List<Integer> dims) implements WeightTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public void read(MemorySegment destination) {
            throw new AssertionError("a shape is checked before values are read");
        }
    }
}
