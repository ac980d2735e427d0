package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lanewise.nn.Options;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a file says of its network in its metadata. */
class ModelCardTest {
    private static final Preprocessing OTHER = new Preprocessing(new Resize.Exact(40, 50), Interpolation.BICUBIC, 30, 32,
            new Rgb(0.5f, 0.25f, 0.1f), new Rgb(0.2f, 0.3f, 1), 1, 1);

    @TempDir
    private Path folder;

    private Beside read(Architecture net, Map<String, String> metadata) throws WeightException {
        Path path = folder.resolve("net.safetensors");
        Safetensors.write(path, metadata, Checkpoints.tensors(net).values());
        try (WeightFile file = WeightFile.open(path)) {
            return Model.recognise(file, file.weights());
        }
    }

    static List<Preprocessing> ways() {
        return List.of(Preprocessing.IMAGENET, Preprocessing.CIFAR, Preprocessing.KINETICS, OTHER,
                Preprocessing.KINETICS.withInterpolation(Interpolation.ANTIALIASED).withFrames(7).withStride(3),
                Preprocessing.CIFAR.withResize(new Resize.None()).withCrop(20, 24));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void preprocessingComesBack(Preprocessing way) throws WeightException {
        Companion json = Companion.of(folder, "lanewise.preprocessing", PreprocessingJson.of(way));
        assertEquals(way, PreprocessingJson.read(json));
    }

    @Test
    void allThatIsAssumedComesBack() throws WeightException {
        Architecture net = TestNets.cifar(List.of(1, 1, 1), List.of(4, 8, 16), 3);
        Architecture changed = net.with("epsilon", "1e-2").assuming(net.with("epsilon", "1e-2").assumed().with(OTHER, "test"));
        List<String> labels = List.of("cat", "chien \"ü\"", "");
        Beside back = read(changed, ModelCard.metadata(changed, labels));
        assertEquals(changed.assumed().options().getFirst().value(), back.architecture().assumed().options().getFirst().value());
        assertTrue(back.architecture().assumptions().stream().allMatch(each -> each.origin().equals("metadata")),
                back.architecture().assumptions().toString());
        assertEquals(OTHER, back.architecture().preprocessing());
        assertEquals(labels, back.labels());
        try (Model model = Model.load(folder.resolve("net.safetensors"))) {
            assertEquals(OTHER, model.preprocessing());
            assertEquals(labels, model.labels());
            assertEquals(OTHER.inputShape(1), model.architecture().inputShape());
        }
    }

    /** The caller's option goes before the file's. */
    @Test
    void callersKnowBetter() throws WeightException {
        Architecture net = TestNets.cifar(List.of(1, 1, 1), List.of(4, 8, 16), 3);
        read(net, ModelCard.metadata(net.with("epsilon", "1e-3"), List.of()));
        Options options = Options.standard().withThreads(1);
        try (Model model = Model.load(folder.resolve("net.safetensors"), options, Map.of("epsilon", "1e-2"))) {
            assertEquals(new Assumption("epsilon", "1e-2", "option"), model.architecture().assumptions().getFirst());
        }
    }

    @Test
    void labelsAreWithoutControlCharacters() throws WeightException {
        Architecture net = TestNets.cifar(List.of(1, 1, 1), List.of(4, 8, 16), 3);
        assertEquals(List.of("cat", "d [31mog", "Füchse"),
                read(net, Map.of("lanewise.labels", "[\"cat\",\" d\\u001b[31mog\\u009b \",\"Füchse\"]")).labels());
    }

    /** As weights/export.py writes them. */
    @Test
    void partsMayBeMissing() throws WeightException {
        Architecture net = TestNets.cifar(List.of(1, 1, 1), List.of(4, 8, 16), 3);
        Map<String, String> exported = Map.of("format", "pt", "lanewise.preprocessing", """
                {"resize":256,"interpolation":"antialiased","height":224,"width":224,"mean":[0.485,0.456,0.406],\
                "std":[0.229,0.224,0.225],"frames":1,"stride":1}""");
        Beside back = read(net, exported);
        assertEquals(Preprocessing.IMAGENET, back.architecture().preprocessing());
        assertEquals(List.of(), back.labels());
        assertEquals(net.assumptions(), read(net, Map.of("format", "pt")).architecture().assumptions());
    }

    /** A folder full of another network's files does not matter to a file that speaks for itself. */
    @Test
    void metadataGoBeforeFilesBeside() throws IOException, WeightException {
        ResNet net = TestNets.pictures(Block.BASIC, 8, List.of(new ResNet.Stage(1, 4, 4), new ResNet.Stage(1, 6, 6),
                new ResNet.Stage(1, 8, 8), new ResNet.Stage(1, 10, 10)), 1, 3);
        Files.writeString(folder.resolve("config.json"), "{\"architecture\":\"x\",\"num_classes\":7,\"pretrained_cfg\":{}}");
        assertThrows(WeightException.class, () -> read(net, Map.of()));
        assertEquals(net.assumptions().getFirst().value(),
                read(net, ModelCard.metadata(net, List.of())).architecture().assumptions().getFirst().value());
    }

    /** Labels alone leave the rest to files beside the weights, but go before their labels. */
    @Test
    void labelsAloneGoBeforeThoseBeside() throws IOException, WeightException {
        ResNet net = TestNets.pictures(Block.BASIC, 8, List.of(new ResNet.Stage(1, 4, 4), new ResNet.Stage(1, 6, 6),
                new ResNet.Stage(1, 8, 8), new ResNet.Stage(1, 10, 10)), 1, 3);
        Files.writeString(folder.resolve("config.json"), """
                {"architecture": "x", "num_classes": 3, "label_names": ["n1", "n2", "n3"],
                 "pretrained_cfg": {"mean": [0.5, 0.5, 0.5]}}""");
        assertEquals(List.of("n1", "n2", "n3"), read(net, Map.of()).labels());
        Beside back = read(net, Map.of("lanewise.labels", "[\"a\",\"b\",\"c\"]"));
        assertEquals(List.of("a", "b", "c"), back.labels());
        assertEquals(new Rgb(0.5f, 0.5f, 0.5f), back.architecture().preprocessing().mean());
    }

    @Test
    void longTextIsRefusedBeforeItIsRead() throws WeightException {
        refused("lanewise.options", "{" + " ".repeat(ModelCard.LONGEST_TEXT) + "}", "at most 4096 characters");
        refused("lanewise.preprocessing", "{" + " ".repeat(ModelCard.LONGEST_TEXT) + "}", "at most 4096 characters");
        refused("lanewise.labels", "[" + " ".repeat(ModelCard.LONGEST_LABELS) + "]", "at most 1048576 characters");
        refused("lanewise.labels", IntStream.rangeClosed(0, ModelCard.MOST_LABELS).mapToObj(_ -> "\"\"")
                .collect(Collectors.joining(",", "[", "]")), "at most 100000 names");
    }

    /** What a reader would refuse is not written. */
    @Test
    void wrongMetadataAreNotWritten() {
        Architecture net = TestNets.cifar(List.of(1, 1, 1), List.of(4, 8, 16), 3);
        notWritten(net, List.of("a", "b"), "3 classes");
        notWritten(net, List.of("a", "b", "\ud83d"), "whole characters");
        notWritten(net, List.of("a", "b", "x".repeat(1 << 17)), "lanewise.labels");
        notWritten(net, List.of("a", "b", "x".repeat(ModelCard.LONGEST_LABELS)), "at most 1048576 characters");
        notWritten(net.assuming(net.assumed().with(OTHER.withCrop(4096, 4096), "test")), List.of(), "an input of at most");
    }

    private static void notWritten(Architecture net, List<String> labels, String part) {
        WeightException e = assertThrows(WeightException.class, () -> ModelCard.metadata(net, labels));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    /** Options alone leave preprocessing and labels to files beside the weights; preprocessing alone leaves options. */
    @Test
    void eachPartGoesBeforeThatBeside() throws IOException, WeightException {
        ResNet net = TestNets.pictures(Block.BASIC, 8, List.of(new ResNet.Stage(1, 4, 4), new ResNet.Stage(1, 6, 6),
                new ResNet.Stage(1, 8, 8), new ResNet.Stage(1, 10, 10)), 1, 3);
        Files.writeString(folder.resolve("config.json"), """
                {"architecture": "resnetaa", "num_classes": 3, "label_names": ["n1", "n2", "n3"],
                 "pretrained_cfg": {"mean": [0.5, 0.5, 0.5]}}""");
        Beside back = read(net, Map.of("lanewise.options", "{\"epsilon\":\"1e-3\"}"));
        assertEquals(1e-3, back.architecture().assumed().get(Option.EPSILON));
        assertEquals(new Rgb(0.5f, 0.5f, 0.5f), back.architecture().preprocessing().mean());
        assertEquals(List.of("n1", "n2", "n3"), back.labels());
        back = read(net, Map.of("lanewise.preprocessing", PreprocessingJson.of(OTHER)));
        assertEquals(true, back.architecture().assumed().get(Option.ANTIALIAS));
        assertEquals(OTHER, back.architecture().preprocessing());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            lanewise.architecture  | resnet50               | cifar
            lanewise.labels        | ["a","b","\\ud83d"]    | lanewise.labels: expected whole characters
            lanewise.options       | {"epsilon":"-1"}       | not '-1'
            lanewise.options       | {"stride":"1"}         | no option 'stride'
            lanewise.options       | {"epsilon":1}          | values as strings
            lanewise.options       | ["epsilon"]            | an object
            lanewise.options       | {"epsilon":            | lanewise.options: expected JSON
            lanewise.options       | {"a":"1","a":"1"}      | Duplicate
            lanewise.preprocessing | {}                     | the fields resize, interpolation
            lanewise.preprocessing | 7                      | the fields resize, interpolation
            lanewise.preprocessing | {"height":224}         | the fields resize, interpolation
            lanewise.labels        | imagenet               | lanewise.labels: expected JSON
            lanewise.labels        | ``                     | an array of names
            lanewise.labels        | {"a":"b"}              | an array of names
            lanewise.labels        | ["a","b"]              | 3 classes as in the weights, found 2 names
            lanewise.labels        | ["a","b",1]            | names of classes
            lanewise.labels        | ["a","b",[[["c"]]]]    | names of classes
            lanewise.labels        | ["a","b"               | lanewise.labels: expected JSON
            lanewise.labels        | ["a","b","c"] x        | lanewise.labels: expected JSON
            """)
    void wrongMetadataAreNamed(String key, String value, String part) throws WeightException {
        refused(key, value, part);
    }

    private void refused(String key, String value, String part) throws WeightException {
        Architecture net = TestNets.cifar(List.of(1, 1, 1), List.of(4, 8, 16), 3);
        Map<String, String> metadata = new LinkedHashMap<>(ModelCard.metadata(net, List.of()));
        metadata.put(key, value);
        WeightException e = assertThrows(WeightException.class, () -> read(net, metadata));
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "resize":256             | "resize":0
            "resize":256             | "resize":[1]
            "resize":256             | "resize":[1,2,3]
            "resize":256             | "resize":2.5
            "resize":256             | "resize":{"a":1}
            "resize":256             | "resize":9999999999
            "height":224             | "height":0
            "height":224             | "height":224.5
            "height":224             | "height":"224"
            "height":224             | "rows":224
            "height":224,"width":224 | "height":4096,"width":4096
            "antialiased"            | "nearest"
            "frames":1               | "frames":0
            "frames":1               | "frames":9999999
            "stride":1               | "stride":10001
            "stride":1               | "stride":1,"channels":"BGR"
            "mean":[0.485,           | "mean":["a",
            "mean":[0.485,           | "mean":[1e999,
            "std":[0.229,            | "std":[0,
            "std":[0.229,            | "std":[
            """)
    void wrongPreprocessingIsNamed(String right, String wrong) {
        String json = PreprocessingJson.of(Preprocessing.IMAGENET);
        assertTrue(json.contains(right), json);
        WeightException e = assertThrows(WeightException.class, () -> PreprocessingJson.read(
                Companion.of(folder, "lanewise.preprocessing", json.replace(right, wrong))));
        assertEquals(folder.toString(), e.file());
    }
}
