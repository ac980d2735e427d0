package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lanewise.media.Media;
import lanewise.media.MediaException;
import lanewise.model.Model;
import lanewise.model.Prediction;
import lanewise.model.Preprocessing;
import lanewise.model.Resize;
import lanewise.model.Rgb;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyTest {
    @TempDir
    private Path folder;

    private Path weights;
    private Path labels;
    private Path first;
    private Path second;

    @BeforeEach
    void files() throws IOException, WeightException {
        weights = TestFiles.tinyWeights(folder);
        labels = TestFiles.labels(folder.resolve("labels.txt"), TestFiles.CLASSES);
        first = TestFiles.picture(folder.resolve("first.png"), 32, 32, 1);
        second = TestFiles.picture(folder.resolve("second.png"), 40, 50, 2);
    }

    private List<Prediction> expected(Path input, Preprocessing preprocessing, int top)
            throws WeightException, MediaException {
        try (Model model = Model.load(weights); Arena arena = Arena.ofShared()) {
            return model.classify(Media.load(arena, input, preprocessing), top);
        }
    }

    @Test
    void textIsARankedTableForEachInput() throws WeightException, MediaException {
        List<String> wanted = new ArrayList<>();
        for (Path input : List.of(first, second)) {
            wanted.add(input.toString());
            int rank = 1;
            for (Prediction prediction : expected(input, Preprocessing.CIFAR, 3)) {
                String percent = String.format(Locale.ROOT, "%.2f %%", 100 * prediction.probability());
                wanted.add("  " + rank++ + " " + percent + " name " + prediction.index());
            }
        }
        List<String> lines = CommandLineRun.of("classify", "--model", weights, "--labels", labels, "--top", 3, first, second)
                .good().lines();
        assertEquals(wanted, lines.stream().map(line -> line.replaceAll("(?<=\\S) +(?=[\\d.]+ %)|(?<=%) +", " ")).toList());
        int column = lines.get(1).indexOf("name");
        assertTrue(lines.subList(2, 4).stream().allMatch(line -> line.indexOf("name") == column), "aligned: " + lines);
    }

    @Test
    void withoutLabelsClassesHaveTheirNumbers() throws WeightException, MediaException {
        int best = expected(first, Preprocessing.CIFAR, 1).getFirst().index();
        List<String> lines = CommandLineRun.of("classify", "--model", weights, "--top", 100, first).good().lines();
        assertEquals(1 + TestFiles.CLASSES, lines.size());
        assertTrue(lines.get(1).endsWith("%  class " + best), lines.get(1));
    }

    @Test
    void theFileMayNameItsClassesAndItsPreprocessing() throws WeightException, MediaException {
        Preprocessing own = Preprocessing.CIFAR.withResize(new Resize.ShortSide(36)).withCrop(24, 28);
        Prediction best = expected(second, own, 1).getFirst();
        Path noted = folder.resolve("noted.safetensors");
        Safetensors.write(noted, Map.of(
                        "lanewise.labels", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]",
                        "lanewise.preprocessing", "{\"resize\":36,\"interpolation\":\"antialiased\",\"height\":24,\"width\":28,"
                                + "\"mean\":[0.485,0.456,0.406],\"std\":[0.229,0.224,0.225],\"frames\":1,\"stride\":1}"),
                TestFiles.tiny(TestFiles.CLASSES).declare(Weights.seeded()).tensors().toList());
        JsonNode answer = CommandLineRun.of("classify", "--model", noted, "--format", "json", second).good().json().getFirst();
        assertEquals("abcdefg".substring(best.index(), best.index() + 1), answer.get("predictions").get(0).get("label").asText());
        // Algorithms are chosen for the file's own input, so that the last bit may differ.
        assertEquals(best.logit(), answer.get("predictions").get(0).get("logit").floatValue(), 1e-5 * Math.abs(best.logit()));
        List<String> lines = CommandLineRun.of("classify", "--model", noted, "--labels", labels, second).good().lines();
        assertTrue(lines.get(1).endsWith("name " + best.index()), lines.get(1));
    }

    @Test
    void aShippedNetworkIsNamedByOneWord() {
        Path samples = Path.of(System.getProperty("basedir", "")).resolve("weights/samples");
        List<String> lines = CommandLineRun.of("classify", "--model", "characters", "--top", 1, samples.resolve("character-R.png"))
                .good().lines();
        assertTrue(lines.get(1).endsWith("%  R"), lines.get(1));
        JsonNode answer = CommandLineRun.of("classify", "--model", "motion", "--format", "json", samples.resolve("zoom-in.gif"))
                .good().json().getFirst();
        assertEquals("motion", answer.get("model").asText());
        assertEquals("zoom in", answer.get("predictions").get(0).get("label").asText());
        CommandLineRun.of("classify", "--model", "./motion", samples.resolve("zoom-in.gif")).bad("./motion", "none of this name");
    }

    @Test
    void jsonHasTheDocumentedFields() throws WeightException, MediaException {
        List<JsonNode> answers = CommandLineRun.of(
                "classify", "--model", weights, "--labels", labels, "--format", "json", first, second).good().json();
        assertEquals(2, answers.size());
        JsonNode answer = answers.get(1);
        List<String> fields = new ArrayList<>();
        answer.fieldNames().forEachRemaining(fields::add);
        assertEquals(List.of("input", "model", "architecture", "kernels", "predictions", "milliseconds"), fields);
        assertEquals(second.toString(), answer.get("input").asText());
        assertEquals(weights.toString(), answer.get("model").asText());
        assertEquals("cifar_resnet8", answer.get("architecture").asText());
        assertEquals("vector", answer.get("kernels").asText());
        assertTrue(answer.get("milliseconds").asDouble() > 0);
        List<Prediction> expected = expected(second, Preprocessing.CIFAR, 5);
        assertEquals(5, answer.get("predictions").size());
        for (int i = 0; i < 5; i++) {
            JsonNode prediction = answer.get("predictions").get(i);
            assertEquals(expected.get(i).index(), prediction.get("index").asInt());
            assertEquals("name " + expected.get(i).index(), prediction.get("label").asText());
            assertEquals(expected.get(i).probability(), prediction.get("probability").asDouble());
            assertEquals(expected.get(i).logit(), prediction.get("logit").floatValue());
        }
    }

    @Test
    void scalarAndUnfusedRunsAgree() {
        JsonNode usual = only("--threads", "1");
        JsonNode scalar = only("--scalar");
        JsonNode unfused = only("--unfused");
        assertEquals("scalar", scalar.get("kernels").asText());
        assertEquals("vector", unfused.get("kernels").asText());
        double largest = Math.abs(usual.get("predictions").get(0).get("logit").asDouble());
        for (int i = 0; i < TestFiles.CLASSES; i++) {
            JsonNode wanted = usual.get("predictions").get(i);
            for (JsonNode other : List.of(scalar, unfused)) {
                assertEquals(wanted.get("index"), other.get("predictions").get(i).get("index"));
                assertEquals(wanted.get("logit").asDouble(), other.get("predictions").get(i).get("logit").asDouble(),
                        1e-5 * largest);
            }
        }
    }

    private JsonNode only(String... options) {
        List<Object> args = new ArrayList<>(List.of("classify", "--model", weights, "--format", "JSON", "--top", 7, first));
        args.addAll(List.of(options));
        return CommandLineRun.of(args.toArray()).good().json().getFirst();
    }

    @Test
    void preprocessingCanBeReplaced() throws WeightException, MediaException {
        Preprocessing other = Preprocessing.CIFAR.withResize(new Resize.ShortSide(36)).withCrop(24, 28)
                .withMean(new Rgb(0.1f, 0.2f, 0.3f)).withStd(new Rgb(0.5f, 0.6f, 0.7f));
        Prediction expected = expected(second, other, 1).getFirst();
        assertNotEquals(expected(second, Preprocessing.CIFAR, 1).getFirst().logit(), expected.logit());
        JsonNode best = CommandLineRun.of("classify", "--model", weights, "--format", "json", "--resize", "36", "--size",
                "24x28", "--mean", "0.1,0.2,0.3", "--std", "0.5,0.6,0.7", second).good().json().getFirst()
                .get("predictions").get(0);
        assertEquals(expected.logit(), best.get("logit").floatValue());
    }

    @Test
    void architectureOptionsReachTheModel() {
        JsonNode usual = only();
        JsonNode other = only("--option", "epsilon=0.5");
        assertNotEquals(usual.get("predictions").get(0).get("logit"), other.get("predictions").get(0).get("logit"));
        assertEquals(usual.get("predictions"),
                only("--option", "epsilon=0.5", "--option", "epsilon=1e-5").get("predictions"));
    }

    @Test
    void aFolderOfFramesIsOneInput() throws IOException, WeightException, MediaException {
        weights = TestFiles.clipWeights(folder);
        Path frames = TestFiles.frames(folder.resolve("frames"), 6);
        Preprocessing small = Preprocessing.KINETICS.withFrames(3).withStride(2).withCrop(16, 20).withResize(new Resize.None());
        Prediction expected = expected(frames, small, 1).getFirst();
        JsonNode answer = CommandLineRun.of("classify", "--model", weights, "--frames", 3, "--stride", 2, "--size", "16x20",
                "--resize", "none", "--format", "json", frames).good().json().getFirst();
        assertEquals("mc3_10", answer.get("architecture").asText());
        assertEquals(expected.logit(), answer.get("predictions").get(0).get("logit").floatValue());
        CommandLineRun.of("classify", "--model", weights, "--size", "16384x16384", frames)
                .bad("--size: ", "1x3x16x16384x16384 has more than");
        CommandLineRun.of("classify", "--model", weights, "--stride", 0, frames).bad("--stride: stride must be 1 to");
    }

    @Test
    void preprocessingOutOfRangeNamesItsOption() {
        refused("--size", "0x4", "--size: crop height must be 1 to");
        refused("--mean", "124,117,104", "--mean: 0 to 1 for each channel, not 124.0; divide");
        refused("--mean", "0.5,-0.1,0.5", "--mean: 0 to 1");
        refused("--std", "1,0,1", "--std: more than 0 and at most 1 for each channel, not 0.0");
        refused("--std", "0.2,0.2,57.1", "--std: more than 0");
        refused("--frames", "3", "--frames: cifar_resnet8 takes single pictures; leave it out");
        refused("--stride", "1", "--stride: cifar_resnet8 takes single pictures; leave it out");
    }

    private void refused(String option, String value, String message) {
        CommandLineRun.of("classify", "--model", weights, option, value, first).bad(message);
    }

    @Test
    void theOthersGoOnAfterABadInput() throws IOException {
        Path damaged = Files.write(folder.resolve("damaged.png"), new byte[] {1, 2, 3});
        CommandLineRun run = CommandLineRun.of("classify", "--model", weights, "--top", 1, damaged, first);
        run.bad(damaged.toString(), "not a picture");
        assertEquals(List.of(first.toString()), run.lines().subList(0, 1));
        assertEquals(2, run.lines().size());
    }

    @Test
    void everyBadInputIsNamed() {
        CommandLineRun run = CommandLineRun.of(
                "classify", "--model", weights, folder.resolve("a.png"), first, folder.resolve("b.png"));
        assertEquals(Main.BAD_INPUT, run.code());
        assertEquals(2, run.err().lines().count(), run.err());
        assertTrue(run.err().lines().allMatch(line -> line.startsWith("lanewise: ") && line.contains("no such file")));
        assertEquals(first.toString(), run.lines().getFirst());
    }

    @Test
    void aModelWithoutClassifierIsForRun() throws WeightException {
        Path features = TestFiles.weights(folder.resolve("features.safetensors"), TestFiles.tiny(0));
        CommandLineRun.of("classify", "--model", features, first).bad(features.toString(), "lanewise run");
    }
}
