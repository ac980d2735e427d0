package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lanewise.model.ResNet.Stage;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes of torchvision's networks have names without any file that gives them. */
class ClassNamesTest {
    private static List<String> names(String architecture) {
        return ClassNames.usual(Architectures.named(architecture).orElseThrow());
    }

    private static ResNet pictures(int classes) {
        return TestNets.pictures(Block.BASIC, 8,
                List.of(new Stage(1, 4, 4), new Stage(1, 4, 4), new Stage(1, 4, 4), new Stage(1, 4, 4)), 1, classes);
    }

    @Test
    void namesAreInTorchvisionsOrder() {
        assertEquals("tench", names("resnet50").getFirst());
        assertEquals("toilet tissue", names("resnext50_32x4d").get(999));
        assertEquals(List.of("abseiling", "air drumming"), names("mc3_18").subList(0, 2));
        assertEquals(400, names("r2plus1d_18").size());
    }

    @Test
    void networksOfOthersHaveNone() {
        assertEquals(List.of(), names("vmz_r2plus1d_34"), "their order is not known");
        assertEquals(List.of(), names("cifar_resnet20"));
        assertEquals(List.of(), ClassNames.usual(pictures(999)));
    }

    @Test
    void aFilesOwnLabelsGoFirst(@TempDir Path folder) throws WeightException {
        ResNet net = pictures(1_000);
        assertEquals("tench", labels(folder, net, Map.of()).getFirst());
        List<String> own = IntStream.range(0, 1_000).mapToObj(i -> "name " + i).toList();
        assertEquals(own, labels(folder, net, ModelCard.metadata(net, own)));
    }

    private static List<String> labels(Path folder, ResNet net, Map<String, String> metadata) throws WeightException {
        Path path = folder.resolve("net.safetensors");
        Safetensors.write(path, metadata, Checkpoints.tensors(net).values());
        try (WeightFile file = WeightFile.open(path)) {
            return Model.recognise(file, file.weights()).labels();
        }
    }
}
