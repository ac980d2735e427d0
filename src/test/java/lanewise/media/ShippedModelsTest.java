package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lanewise.model.Model;
import lanewise.model.ShippedModels;
import lanewise.nn.Options;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The networks that come with Lanewise answer to the samples, and to an input by formula, as they do in PyTorch. */
class ShippedModelsTest {
    private static final Path SAMPLES = Path.of(System.getProperty("basedir", "")).resolve("weights/samples");
    private static final long MOST_BYTES = 2_000_000;

    @ParameterizedTest
    @CsvSource({"characters, 1e-5", "motion, 3e-5"})
    void answersAsPyTorchDoes(String name, double tolerance) throws IOException, WeightException, MediaException {
        JsonNode reference;
        try (InputStream in = ShippedModelsTest.class.getResourceAsStream("/lanewise/reference/" + name + ".json")) {
            reference = new ObjectMapper().readTree(in);
        }
        try (Model model = Model.shipped(name); Arena arena = Arena.ofShared()) {
            for (JsonNode answer : reference.get("answers")) {
                String input = answer.get("input").asText();
                float[] logits = model.run(arena, input(arena, input, model)).toArray();
                double[] expected = doubles(answer.get("float64"));
                assertEquals(expected.length, logits.length);
                for (int i = 0; i < logits.length; i++) {
                    assertEquals(expected[i], logits[i], tolerance * answer.get("maxAbs").asDouble(), input + " " + i);
                }
                int best = IntStream.range(0, logits.length).reduce((a, b) -> logits[b] > logits[a] ? b : a).orElseThrow();
                assertEquals(answer.get("best").asText(), model.labels().get(best), input);
            }
        }
    }

    private static Tensor input(Arena arena, String name, Model model) throws WeightException, MediaException {
        if (!name.equals("input")) {
            return Media.load(arena, SAMPLES.resolve(name), model.preprocessing());
        }
        Shape shape = model.preprocessing().inputShape(1);
        Tensor tensor = Tensor.allocate(arena, shape);
        Weights.seeded().take("input", shape.n(), shape.c(), shape.t(), shape.h(), shape.w()).read(tensor.data());
        return tensor;
    }

    private static double[] doubles(JsonNode array) {
        return IntStream.range(0, array.size()).mapToDouble(i -> array.get(i).asDouble()).toArray();
    }

    /** The samples are named by what they show. */
    @ParameterizedTest
    @CsvSource({
        "motion, pan-right.gif, pan right", "motion, zoom-in.gif, zoom in", "motion, roll-clockwise, roll clockwise",
        "motion, static-with-walker.gif, static", "characters, character-R.png, R", "characters, character-7.png, 7",
        "characters, character-g.png, g"})
    void knowsWhatTheSamplesShow(String name, String sample, String expected) throws WeightException, MediaException {
        try (Model model = Model.shipped(name); Arena arena = Arena.ofShared()) {
            int best = model.classify(Media.load(arena, SAMPLES.resolve(sample), model.preprocessing()), 1).getFirst().index();
            assertEquals(expected, model.labels().get(best));
        }
    }

    @Test
    void filesAreSmallAndDescribeThemselves() throws WeightException {
        assertEquals(List.of("characters", "motion"), ShippedModels.names());
        for (String name : ShippedModels.names()) {
            try (WeightFile file = ShippedModels.open(name)) {
                assertTrue(Files.notExists(file.path()), "the copy remains: " + file.path());
                assertTrue(file.metadata().keySet().containsAll(List.of("lanewise.architecture", "lanewise.preprocessing",
                        "lanewise.labels", "lanewise.source", "lanewise.licence", "lanewise.training")), name);
                long values = file.tensors().values().stream().mapToLong(tensor -> tensor.elements()).sum();
                assertTrue(values * Short.BYTES < MOST_BYTES, name + " has " + values + " values");
                try (Model model = Model.load(file, Options.standard(), Map.of())) {
                    assertEquals(file.metadata().get("lanewise.architecture"), model.architecture().name());
                }
            }
        }
    }

    @Test
    void theCopiesOfFailedAndOfGoodLoadsAreGone() throws IOException, WeightException {
        long before = copies();
        Model.shipped("characters").close();
        assertThrows(IllegalArgumentException.class, () -> Model.shipped("none"));
        assertEquals(before, copies());
    }

    private static long copies() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("lanewise-characters-")).count();
        }
    }
}
