package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import lanewise.nn.Summary;
import lanewise.tensor.Shape;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What no file says can be asked for, and set. */
class AssumptionsTest {
    static Stream<Architecture> published() {
        return Architectures.names().stream().map(name -> Architectures.named(name).orElseThrow());
    }

    /** Setting an option to what it is changes where it comes from, and nothing else. */
    @ParameterizedTest
    @MethodSource("published")
    void everyDefaultIsAValueThatItsOptionTakes(Architecture architecture) {
        List<Assumption> all = architecture.assumptions();
        assertEquals("epsilon", all.getFirst().option());
        assertEquals("preprocessing", all.getLast().option());
        for (Assumption each : all.subList(0, all.size() - 1)) {
            assertEquals("default of " + architecture.layout().title(), each.origin());
            Architecture set = architecture.with(each.option(), each.value());
            assertTrue(set.assumptions().contains(new Assumption(each.option(), each.value(), "option")));
            assertEquals(architecture.declare(Weights.seeded()), set.declare(Weights.seeded()));
        }
    }

    @Test
    void epsilonsOfTheLayouts() {
        assertEquals(1e-5, epsilon("r2plus1d_18", Option.EPSILON));
        assertEquals(1e-3, epsilon("vmz_r2plus1d_34", Option.EPSILON));
        assertEquals(1e-3, epsilon("mmaction2_r2plus1d_34", Option.EPSILON));
        assertEquals(1e-5, epsilon("mmaction2_r2plus1d_34", Option.INNER_EPSILON));
    }

    private static double epsilon(String name, Option<Double> option) {
        return Architectures.named(name).orElseThrow().assumed().get(option);
    }

    /** Frames, rows and columns behind a stage. */
    @ParameterizedTest
    @CsvSource({
        "r2plus1d_18, '', layer4, 2x7x7", "r2plus1d_18, temporalStrides=1 1 1 2, layer4, 8x7x7",
        "r2plus1d_18, maxPool=1x3x3, layer1, 16x28x28", "vmz_r2plus1d_152, '', layer1, 16x28x28",
        "vmz_r2plus1d_152, maxPool=none, layer1, 16x56x56", "mc3_18, '', layer4, 16x7x7",
        "mc3_18, temporalStrides=1 2 1 1, layer4, 8x7x7", "kensho_r2plus1d_18, '', layer1, 8x28x28",
        "kensho_r2plus1d_18, stemTemporalStride=2, layer1, 4x28x28", "kensho_r2plus1d_18, maxPool=none, layer1, 16x56x56",
        "pytorchvideo_r2plus1d_50, '', blocks.1, 16x28x28", "pytorchvideo_r2plus1d_50, '', blocks.4, 4x4x4",
        "pytorchvideo_r2plus1d_50, spatialStrides=1 2 2 2, blocks.1, 16x56x56"})
    void optionsOfVideoNets(String name, String option, String stage, String map) {
        Architecture architecture = Architectures.named(name).orElseThrow();
        if (!option.isEmpty()) {
            String[] parts = option.split("=");
            architecture = architecture.with(parts[0], parts[1].replace(' ', ','));
        }
        if (architecture.assumed().has(Option.HEAD_POOL)) {
            architecture = architecture.with("headPool", "whole");
        }
        Shape out = Summary.of(architecture.declare(Weights.seeded()), new Shape(1, 3, 16, 112, 112)).stages().stream()
                .filter(each -> each.name().equals(stage)).findFirst().orElseThrow().out();
        assertEquals(map, out.t() + "x" + out.h() + "x" + out.w());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            r2plus1d_18              | temporalStrides | 1,2,2     | wants 4 values, such as 1,2,2,2
            r2plus1d_18              | temporalStrides | 1,2,0,2   | whole numbers from 1 to 64, not '0'
            r2plus1d_18              | temporalStrides | 1,2,x,2   | whole numbers from 1 to 64, not 'x'
            r2plus1d_18              | maxPool         | 2x2x2     | none or 1x3x3 or 3x3x3, not '2x2x2'
            r2plus1d_18              | softmax         | true      | no option 'softmax'; it has epsilon, maxPool, temporalStrides
            pytorchvideo_r2plus1d_50 | headPool        | 4x7       | whole or a window such as 4x7x7
            pytorchvideo_r2plus1d_50 | headPool        | 4x7x99    | whole numbers from 1 to 64, not '99'
            kensho_r2plus1d_18       | stemTemporalStride | 99999999999 | not '99999999999'
            mmaction2_r2plus1d_34    | innerEpsilon    | 2         | innerEpsilon must be a number from 0 to 1
            """)
    void wrongValuesAreNamed(String name, String option, String value, String message) {
        Architecture architecture = Architectures.named(name).orElseThrow();
        String refused = assertThrows(IllegalArgumentException.class, () -> architecture.with(option, value)).getMessage();
        assertTrue(refused.contains(message), refused);
    }
}
