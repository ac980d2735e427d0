package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import lanewise.nn.Network;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The declared shapes add up to the numbers that the networks' authors publish. */
class ParameterCountTest {
    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512", "resnet34, 21797672", "resnet50, 25557032", "resnet101, 44549160", "resnet152, 60192808",
        "resnext50_32x4d, 25028904", "resnext101_32x8d, 88791336", "resnext101_64x4d, 83455272",
        "wide_resnet50_2, 68883240", "wide_resnet101_2, 126886696",
        "cifar_resnet20, 269722", "cifar_resnet32, 464154", "cifar_resnet44, 658586", "cifar_resnet56, 853018",
        "cifar_resnet110, 1727962",
        "r2plus1d_18, 31505325", "r3d_18, 33371472", "mc3_18, 11695440",
        "vmz_r2plus1d_18, 33370839", "vmz_r2plus1d_34, 63697175",
        "r2plus1dnet_18, 33396910", "r2plus1dnet_34, 63735310",
        "vmz_r2plus1d_152, 118226785", "kensho_r2plus1d_18, 33575064", "kensho_r2plus1d_34, 63901400",
        "kensho_r2plus1d_50, 47650082", "mmaction2_r2plus1d_34, 63759281", "pytorchvideo_r2plus1d_50, 28107600",
        "resnet18d, 11708744", "resnet50d, 25576264", "resnet26t, 16011872", "resnet10t, 5435488", "resnet50s, 25680808",
        "seresnet50, 28088024"})
    void published(String name, long parameters) {
        Network network = Architectures.named(name).orElseThrow().declare(Weights.seeded());
        assertEquals(parameters, network.parameters());
    }

    @Test
    void theseAreMostNames() {
        assertEquals(46, Architectures.names().size());
    }
}
