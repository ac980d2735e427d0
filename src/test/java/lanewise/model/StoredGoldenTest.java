package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import lanewise.nn.Options;
import lanewise.weights.WeightException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
                Arguments.of("irhum-blocks", new R2Plus1dNet("irhum", List.of(1, 2, 1, 1), 17, 1e-5), 3e-5));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void matchesPyTorch(String name, Architecture architecture, double tolerance) throws IOException, WeightException {
        Golden golden;
        try (InputStream in = StoredGoldenTest.class.getResourceAsStream("/lanewise/reference/" + name + ".json")) {
            golden = Golden.read(in);
        }
        float[] one = golden.check(architecture, Options.standard().withThreads(1), tolerance);
        assertArrayEquals(one, golden.check(architecture, Options.standard().withThreads(2), tolerance), "2 threads");
        assertArrayEquals(one, golden.check(architecture, Options.standard().withThreads(3), tolerance), "3 threads");
        golden.check(architecture, Options.standard().unfused(), tolerance);
    }
}
