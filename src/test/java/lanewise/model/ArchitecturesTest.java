package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import lanewise.model.ResNet.Shortcut;
import lanewise.model.ResNet.Stage;
import lanewise.model.VideoResNet.Convs;
import lanewise.model.VideoResNet.Mid;
import lanewise.model.VideoResNet.Stem.Form;
import lanewise.weights.DType;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint tells its architecture; one that lies is refused. */
class ArchitecturesTest {
    static Stream<Architecture> published() {
        return Architectures.names().stream().map(name -> Architectures.named(name).orElseThrow());
    }

    /** Nets of no published size: every number comes from the file. */
    static Stream<Architecture> unpublished() {
        List<Stage> basic = List.of(new Stage(1, 8, 8), new Stage(2, 12, 12), new Stage(1, 20, 20), new Stage(3, 24, 24));
        List<Stage> bottleneck = List.of(new Stage(1, 4, 6), new Stage(1, 8, 12), new Stage(2, 6, 18), new Stage(1, 4, 6));
        return Stream.of(
                TestNets.pictures(Block.BASIC, 10, basic, 1, 7),
                TestNets.pictures(Block.BOTTLENECK, 10, bottleneck, 3, 7),
                TestNets.pictures(Block.BOTTLENECK, 10, bottleneck, 1, 0),
                PictureNets.net(Layout.HUGGING_FACE, Layout.HUGGING_FACE.bare(),
                        TestNets.pictures(Block.BASIC, 10, basic, 1, 0).body(), 0),
                PictureNets.net(Layout.HUGGING_FACE, Layout.HUGGING_FACE.scope(),
                        TestNets.pictures(Block.BOTTLENECK, 10, bottleneck, 3, 7).body(), 7),
                excited("resnet50d", bottleneck, 3, Shortcut.AVERAGE), excited("resnet10t", basic, 1, Shortcut.PROJECTION),
                TestNets.cifar(List.of(1, 3, 2), List.of(8, 20, 30), 100),
                TestNets.cifar(List.of(1, 1, 1), List.of(4, 8, 16), 0),
                TestNets.clips("r2plus1d_18", List.of(1, 2, 1, 2), 11),
                TestNets.clips("r2plus1d_18", List.of(1, 1, 2, 1), List.of(8, 12, 20, 32), 9),
                TestNets.clips("vmz_r2plus1d_18", List.of(1, 1, 1, 1), 0),
                TestNets.clips("vmz_r2plus1d_152", List.of(1, 2, 1, 1), List.of(4, 6, 8, 10), 7),
                TestNets.clips("r3d_18", List.of(1, 1, 1, 1), 5),
                TestNets.clips("mc3_18", List.of(1, 1, 1, 2), 5),
                TestNets.clips("r2plus1dnet_18", List.of(1, 2, 1, 1), 101),
                TestNets.clips("r2plus1dnet_18", List.of(1, 1, 1, 1), 0),
                TestNets.clips("mmaction2_r2plus1d_34", List.of(1, 1, 1, 1), List.of(8, 12, 20, 32), 9),
                TestNets.clips("kensho_r2plus1d_18", List.of(1, 1, 1, 1), List.of(8, 12, 20, 32), 0),
                TestNets.clips("kensho_r2plus1d_50", List.of(1, 1, 2, 1), List.of(8, 12, 20, 32), 9),
                TestNets.clips(Layout.KENSHOHARA, Block.BASIC, Convs.SPATIAL_FIRST, Mid.BY_CONV,
                        new VideoResNet.Stem(Form.FACTORED, 83, 3, 64), VideoResNet.Shortcut.ZERO_PAD, List.of(1, 1, 1, 1), 3),
                TestNets.clips("pytorchvideo_r2plus1d_50", List.of(1, 1, 1, 2), List.of(8, 12, 20, 32), 0));
    }

    /** A net of timm with squeeze and excitation, and the stem of a published one. */
    private static ResNet excited(String published, List<Stage> stages, int groups, Shortcut shortcut) {
        ResNet.Body body = ((ResNet) Architectures.named(published).orElseThrow()).body();
        List<Stage> excited = stages.stream().map(stage -> new Stage(stage.blocks(), stage.planes(), stage.width(), 3)).toList();
        return PictureNets.net(Layout.TIMM, Layout.TIMM.scope(),
                new ResNet.Body(body.block(), body.stem(), body.stemWidths(), excited, groups, shortcut), 7);
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
        Architecture architecture = TestNets.cifar(List.of(1, 2, 2), List.of(4, 8, 16), 3);
        try (WeightFile file = WeightFile.open(Checkpoints.write(folder.resolve("net"), architecture))) {
            assertEquals(Optional.of(architecture), Architectures.recognise(file.weights()));
        }
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
        "r3d_18", "mc3_18", "r2plus1dnet_18", "resnet10t", "resnet18d", "seresnet50", "kuangliu_resnet18", "chenyaofo_resnet20",
        "kensho_r2plus1d_18", "mmaction2_r2plus1d_34", "pytorchvideo_r2plus1d_50"})
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

    @ParameterizedTest
    @ValueSource(strings = {"resnext50_32x4d", "resnet18d", "seresnet50", "kensho_r2plus1d_18", "mmaction2_r2plus1d_34",
        "pytorchvideo_r2plus1d_50", "kuangliu_resnet18", "chenyaofo_resnet20"})
    void aMissingTensorIsRefused(String name) {
        Map<String, WeightTensor> sound = Checkpoints.tensors(Architectures.named(name).orElseThrow());
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
        Checkpoints.tensors(TestNets.pictures(Block.BOTTLENECK, 8, stages, 3, 5))
                .forEach((key, tensor) -> keys.put(key, tensor.dims().stream().mapToInt(Integer::intValue).toArray()));
        assertRefused(claim(keys));
    }

    /** Short-cuts without weights cannot drop channels. */
    @Test
    void stagesThatBecomeNarrowerAreRefused() {
        assertRefused(Checkpoints.weights(TestNets.cifar(List.of(1, 1, 1), List.of(16, 32, 16), 5)));
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
