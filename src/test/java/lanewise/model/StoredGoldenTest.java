package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import lanewise.nn.Options;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The project's own references, made by weights/reference.py: stage by stage, fused, unfused and scalar. */
class StoredGoldenTest {
    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of("resnet152-small", Architectures.named("resnet152").orElseThrow(), 1e-5),
                Arguments.of("resnext101_32x8d", Architectures.named("resnext101_32x8d").orElseThrow(), 1e-5),
                Arguments.of("resnet20-cifar", Architectures.named("cifar_resnet20").orElseThrow(), 1e-5),
                Arguments.of("r3d_18", Architectures.named("r3d_18").orElseThrow(), 3e-5),
                Arguments.of("mc3_18", Architectures.named("mc3_18").orElseThrow(), 3e-5),
                Arguments.of("vmz-18", Architectures.named("vmz_r2plus1d_18").orElseThrow(), 3e-5),
                Arguments.of("irhum-blocks", TestNets.clips("r2plus1dnet_18", List.of(1, 2, 1, 1), 17), 3e-5));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void matchesPyTorch(String name, Architecture architecture, double tolerance) throws IOException, WeightException {
        Golden golden = golden(name);
        float[] one = golden.check(architecture, Options.standard().withThreads(1), tolerance);
        assertArrayEquals(one, golden.check(architecture, Options.standard().withThreads(2), tolerance), "2 threads");
        assertArrayEquals(one, golden.check(architecture, Options.standard().withThreads(3), tolerance), "3 threads");
        golden.check(architecture, Options.standard().unfused(), tolerance);
    }

    /** Networks of every other layout, recognised from the names and shapes of PyTorch's tensors. */
    @ParameterizedTest
    @ValueSource(strings = {
        "timm-resnet10t", "timm-resnet14c", "timm-resnet17d", "timm-resnet14e", "timm-resnet14s", "timm-seresnet10",
        "timm-seresnet17d", "timm-resnetaa14", "hf-basic", "hf-bottleneck", "chenyaofo", "kuangliu-basic",
        "kuangliu-bottleneck", "torchvision-v1"})
    void pictures(String name) throws IOException, WeightException {
        recognised(name, 1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "vmz-bottleneck", "kensho-b", "kensho-a", "kensho-bottleneck-b", "kensho-bottleneck-a", "mmaction2", "pytorchvideo"})
    void clips(String name) throws IOException, WeightException {
        recognised(name, 3e-5);
    }

    private static void recognised(String name, double tolerance) throws IOException, WeightException {
        Golden golden = golden(name);
        Weights weights = Weights.of(name, golden.tensors());
        Architecture architecture = Architectures.recognise(weights).orElseThrow().with(golden.options());
        architecture.declare(weights);
        weights.finish();
        golden.check(architecture, Options.standard().withThreads(2), tolerance);
        golden.check(architecture, Options.standard().withThreads(1).unfused(), tolerance);
    }

    private static Golden golden(String name) throws IOException {
        try (InputStream in = StoredGoldenTest.class.getResourceAsStream("/lanewise/reference/" + name + ".json")) {
            return Golden.read(in);
        }
    }
}
