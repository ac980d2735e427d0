package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import lanewise.SharedFiles;
import lanewise.nn.Algorithm;
import lanewise.nn.Options;
import lanewise.weights.WeightException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every seeded network of the reference material, stage by stage, with the same bits for 1, 2 and 3 threads; fused or not, by each algorithm. */
class SharedGoldenTest {
    private static final List<Integer> LAYERS_18 = List.of(2, 2, 2, 2);

    /** Cases that are not a published architecture as it stands. */
    private static final Map<String, Architecture> VARIANTS = Map.of(
            "ig65m-34", TestNets.clips("vmz_r2plus1d_34", List.of(3, 4, 6, 3), 359),
            "irhum-18", TestNets.clips("r2plus1dnet_18", LAYERS_18, 400),
            "irhum-18-odd", TestNets.clips("r2plus1dnet_18", LAYERS_18, 101),
            "irhum-net-features", TestNets.clips("r2plus1dnet_18", List.of(1, 1, 1, 1), 0));

    @ParameterizedTest
    @ValueSource(strings = {"resnet18-odd", "resnet34", "resnet50-dilated", "resnext50_32x4d", "wide_resnet50_2"})
    void pictures(String name) throws IOException, WeightException {
        check(name, 1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"r2plus1d_18", "r2plus1d_18-odd", "ig65m-34", "irhum-18", "irhum-18-odd", "irhum-net-features"})
    void clips(String name) throws IOException, WeightException {
        check(name, 3e-5);
    }

    private static void check(String name, double tolerance) throws IOException, WeightException {
        Golden golden;
        try (InputStream in = Files.newInputStream(SharedFiles.require("golden/seeded/" + name + ".json"))) {
            golden = Golden.read(in);
        }
        Architecture architecture = VARIANTS.getOrDefault(name,
                Architectures.named(name.replace("-odd", "").replace("-dilated", "")).orElse(null));
        for (Map.Entry<String, String> option : golden.options().entrySet()) {
            architecture = architecture.with(option.getKey(), option.getValue());
        }
        float[] one = golden.check(architecture, Options.standard().withThreads(1), tolerance);
        assertArrayEquals(one, golden.check(architecture, Options.standard().withThreads(2), tolerance), "2 threads");
        assertArrayEquals(one, golden.check(architecture, Options.standard().withThreads(3), tolerance), "3 threads");
        golden.check(architecture, Options.standard().unfused(), tolerance);
        for (Algorithm algorithm : List.of(Algorithm.DIRECT, Algorithm.WINOGRAD2, Algorithm.WINOGRAD4)) {
            golden.check(architecture, Options.standard().withAlgorithm(algorithm), tolerance);
        }
    }
}
