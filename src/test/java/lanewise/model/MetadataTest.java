package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/** What a file says beside its weights goes before what the architecture assumes; nonsense is refused. */
class MetadataTest {
    private static final CifarResNet NET = new CifarResNet("cifar_resnet8", List.of(1, 1, 1), List.of(4, 8, 16), 3, 1e-5);
    private static final String STEPS = """
            {"resize":[20,30],"interpolation":"bilinear","height":16,"width":24,"mean":[0.1,0.2,0.3],"std":[0.4,0.5,0.6],\
            "frames":4,"stride":2}""";

    @TempDir
    private Path folder;

    private Path file(Map<String, String> metadata) throws WeightException {
        Path file = folder.resolve("net.safetensors");
        Safetensors.write(file, metadata, Checkpoints.tensors(NET).values());
        return file;
    }

    private Model load(Map<String, String> metadata, Map<String, String> settings) throws WeightException {
        return Model.load(file(metadata), Options.standard().withThreads(1), settings);
    }

    @Test
    void aFileWithoutNotesIsAsItsArchitecture() throws WeightException {
        try (Model model = load(Map.of("format", "pt"), Map.of())) {
            assertEquals(Preprocessing.CIFAR, model.preprocessing());
            assertEquals(Optional.empty(), model.labels());
            assertEquals(NET, model.architecture());
        }
    }

    @Test
    void allNotesAreTaken() throws WeightException {
        Map<String, String> notes = Map.of("lanewise.preprocessing", STEPS, "lanewise.options", "{\"epsilon\":\"1e-3\"}",
                "lanewise.labels", "[\"cat\",\" d\\u001b[31mog\\u009b \",\"Füchse\"]");
        try (Model model = load(notes, Map.of())) {
            assertEquals(new Preprocessing(new Resize.Exact(20, 30), Interpolation.BILINEAR, 16, 24,
                    new Rgb(0.1f, 0.2f, 0.3f), new Rgb(0.4f, 0.5f, 0.6f), 4, 2), model.preprocessing());
            assertEquals(Optional.of(List.of("cat", "d [31mog", "Füchse")), model.labels(), "without control characters");
            assertEquals(NET.with("epsilon", "1e-3"), model.architecture());
        }
        try (Model model = load(notes, Map.of("epsilon", "1e-2"))) {
            assertEquals(NET.with("epsilon", "1e-2"), model.architecture(), "the caller's option goes before the file's");
        }
    }

    @Test
    void allKindsOfResize() throws WeightException {
        assertEquals(new Resize.ShortSide(20), resize("20"));
        assertEquals(new Resize.None(), resize("null"));
    }

    private Resize resize(String value) throws WeightException {
        try (Model model = load(Map.of("lanewise.preprocessing", STEPS.replace("[20,30]", value)), Map.of())) {
            return model.preprocessing().resize();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            lanewise.labels        | imagenet                     | expected a JSON array, found imagenet
            lanewise.labels        | ``                           | found nothing
            lanewise.labels        | ["a","b"]                    | expected 3 names, one for each class, found 2
            lanewise.labels        | ["a","b",3]                  | an array of names, found NUMBER
            lanewise.labels        | ["a","b",[[["c"]]]]          | nesting depth
            lanewise.labels        | ["a","b","c"                 | expected a JSON array
            lanewise.labels        | ["a","b","c"] x              | expected a JSON array
            lanewise.options       | {"depth":"9"}                | no option 'depth'
            lanewise.options       | {"epsilon":"small"}          | a number from 0 to 1
            lanewise.options       | {"epsilon":"0","epsilon":1}  | Duplicate
            lanewise.preprocessing | {}                           | resize is no whole number
            lanewise.preprocessing | {"crop":[1,1]}               | a field crop
            """)
    void nonsenseIsRefused(String key, String value, String found) {
        refused(key, value, found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "height":16     | "height":0          | crop height must be 1 to
            "height":16     | "height":16.5       | height is no whole number
            "height":16     | "height":99999999999 | height is no whole number
            "height":16,"width":24 | "height":4096,"width":4096 | more than 16777216 values
            "frames":4      | "frames":"4"        | frames is no whole number
            bilinear        | bicubic             | interpolation 'bicubic'
            [0.4,0.5,0.6]   | [0.4,0.5]           | std is not three numbers
            [0.4,0.5,0.6]   | [0.4,0.5,0]         | a standard deviation of 0
            [0.4,0.5,0.6]   | [0.4,0.5,1e999]     | finite
            [20,30]         | [20]                | resize is no whole number
            [20,30]         | {"a":1}             | resize is no whole number
            """)
    void preprocessingOutOfRangeIsRefused(String part, String instead, String found) {
        refused("lanewise.preprocessing", STEPS.replace(part, instead), found);
    }

    @Test
    void longTextIsRefusedBeforeItIsRead() {
        refused("lanewise.preprocessing", "{" + " ".repeat(Metadata.LONGEST_TEXT) + "}", "at most 4096 characters");
        refused("lanewise.labels", "[" + " ".repeat(Metadata.LONGEST_LABELS) + "]", "at most 1048576 characters");
        String many = IntStream.rangeClosed(0, Metadata.MOST_LABELS).mapToObj(_ -> "\"\"")
                .collect(Collectors.joining(",", "[", "]"));
        refused("lanewise.labels", many, "at most 100000 names");
    }

    private void refused(String key, String value, String found) {
        WeightException refused = assertThrows(WeightException.class, () -> load(Map.of(key, value), Map.of()).close());
        assertEquals(key, refused.place());
        assertTrue(refused.getMessage().contains(found), refused.getMessage());
    }

    @Test
    void classesOfTorchvisionsNetworksHaveNames() throws WeightException {
        assertEquals("tench", names("resnet50").orElseThrow().getFirst());
        assertEquals("toilet tissue", names("resnext50_32x4d").orElseThrow().get(999));
        assertEquals(List.of("abseiling", "air drumming"), names("mc3_18").orElseThrow().subList(0, 2));
        assertEquals(400, names("r2plus1d_18").orElseThrow().size());
        assertEquals(Optional.empty(), names("vmz_r2plus1d_34"), "their order is not known");
        assertEquals(Optional.empty(), names("cifar_resnet20"));
        ResNet other = ResNet.published("other", ResNet.Block.BASIC, List.of(1, 1, 1, 1), 1, 64);
        assertEquals(1_000, Declaration.of(other).labels().orElseThrow().size());
        ResNet fewer = new ResNet("fewer", other.block(), 64, other.stages(), 1, other.replaceStrideWithDilation(), 999, 1e-5);
        assertEquals(Optional.empty(), Declaration.of(fewer).labels());
    }

    private static Optional<List<String>> names(String architecture) {
        return Declaration.of(Architectures.named(architecture).orElseThrow()).labels();
    }

    @Test
    void aDescribedFileHasItsOwnInput() throws WeightException {
        try (WeightFile file = WeightFile.open(file(Map.of("lanewise.preprocessing", STEPS)))) {
            assertEquals("1x3x4x16x24", Declaration.of(file, Map.of()).preprocessing().inputShape(1).toString());
        }
    }
}
