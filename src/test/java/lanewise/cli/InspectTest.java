package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import lanewise.SharedFiles;
import lanewise.model.Model;
import lanewise.model.ModelCard;
import lanewise.weights.DType;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
    @TempDir
    private Path folder;

    private static JsonNode json(Object... more) {
        Object[] arguments = Arrays.copyOf(new Object[] {"inspect", "--format", "json"}, 3 + more.length);
        System.arraycopy(more, 0, arguments, 3, more.length);
        return CommandLineRun.of(arguments).good().json().getFirst();
    }

    @Test
    void aNetworkAsJson() throws Exception {
        Path weights = TestFiles.tinyWeights(folder);
        JsonNode json = json(weights);
        assertEquals("safetensors", json.get("format").asText());
        assertEquals(Files.size(weights), json.get("bytes").asLong());
        assertEquals("akamaster/pytorch_resnet_cifar10", json.get("layout").asText());
        assertEquals("cifar_resnet8", json.get("architecture").asText());
        assertEquals(TestFiles.CLASSES, json.get("classes").asInt());
        assertEquals("1x3x32x32", json.get("input").asText());
        try (Model model = Model.load(weights)) {
            assertEquals(model.network().parameters(), json.get("parameters").asLong());
            assertEquals(model.plan(model.architecture().inputShape()).weightBytes(), json.get("weightBytes").asLong());
            assertEquals(json.get("tensors").asInt(), model.network().tensors().count());
        }
        assertEquals(json.get("tensors").asInt(), json.get("types").get("F32").asInt());
        assertEquals("[\"epsilon\",\"preprocessing\"]", StreamSupport.stream(json.get("assumptions").spliterator(), false)
                .map(each -> each.get("option").toString()).toList().toString().replace(" ", ""));
        assertEquals("32 32", json.get("preprocessing").get("height") + " " + json.get("preprocessing").get("width"));
        assertTrue(json.get("labels").isEmpty() && !json.has("tensorList") && !json.has("unrecognised"));
    }

    @Test
    void aNetworkAsText() throws Exception {
        Path weights = TestFiles.clipWeights(folder);
        List<String> lines = CommandLineRun.of("inspect", weights, "--option", "epsilon=1e-3").good().lines();
        assertEquals(weights.toString(), lines.getFirst());
        assertTrue(lines.get(4).startsWith("  architecture  mc3_10, 7 classes, "),
                String.join("\n", lines));
        assertTrue(lines.contains("  assumed       epsilon = 1e-3 (option)"), String.join("\n", lines));
        assertTrue(lines.contains("                  resize 128x171, bilinear, crop 112x112, 16 frames by 2"),
                String.join("\n", lines));
        assertTrue(lines.contains("  input         1x3x16x112x112"), String.join("\n", lines));
        assertTrue(lines.stream().skip(1).allMatch(line -> line.length() <= 100), String.join("\n", lines));
    }

    /** Ranges of the finite values, and how many are none; any tensor file will do. */
    @Test
    void tensorsOfAnyFile() throws Exception {
        Path file = folder.resolve("any.safetensors");
        Safetensors.write(file, Map.of("note", "line\nbreak"), List.of(
                WeightTensor.of("a\u001b[31m", new float[] {1, -2.5f, Float.NaN, Float.POSITIVE_INFINITY, Float.NaN, 0}, 2, 3),
                WeightTensor.of("nothing", new float[0], 0, 3),
                WeightTensor.of("none", new float[] {Float.NaN}),
                WeightTensor.of("half", new float[] {0.5f}, 1)), tensor -> tensor.name().equals("half") ? DType.F16 : DType.F32);
        JsonNode json = json(file, "--tensors");
        assertTrue(json.get("unrecognised").asText().startsWith("not recognised: expected the keys of"), json.toString());
        assertEquals("""
                [{"name":"a\\u001B[31m","shape":[2,3],"type":"F32","min":-2.5,"max":1.0,"nan":2,"infinite":1},\
                {"name":"nothing","shape":[0,3],"type":"F32","nan":0,"infinite":0},\
                {"name":"none","shape":[],"type":"F32","nan":1,"infinite":0},\
                {"name":"half","shape":[1],"type":"F16","min":0.5,"max":0.5,"nan":0,"infinite":0}]""",
                json.get("tensorList").toString());
        CommandLineRun text = CommandLineRun.of("inspect", file, "--tensors").good();
        List<String> lines = text.lines().stream().map(line -> line.strip().replaceAll(" +", " ")).toList();
        for (String line : List.of("a?[31m 2x3 F32 -2.50000 1.00000 2 1", "none scalar F32 1 0", "nothing 0x3 F32 0 0",
                "half 1 F16 0.500000 0.500000 0 0", "metadata note = line break", "tensors 3 F32, 1 F16")) {
            assertTrue(lines.contains(line), text.out());
        }
        assertTrue(text.out().chars().noneMatch(c -> c == 27));
    }

    /** Most of a network is no network, but a sound file all the same. */
    @Test
    void aNetworkWithMissingTensorsIsShown() throws Exception {
        Path file = folder.resolve("part.safetensors");
        Safetensors.write(file, Map.of(), List.of(WeightTensor.of("conv1.weight", new float[64 * 3 * 49], 64, 3, 7, 7),
                WeightTensor.of("bn1.running_mean", new float[64], 64),
                WeightTensor.of("layer1.0.conv1.weight", new float[64 * 64 * 9], 64, 64, 3, 3)));
        JsonNode json = json(file, "--tensors");
        assertTrue(json.get("unrecognised").asText().startsWith("not recognised: "), json.toString());
        assertEquals(3, json.get("tensorList").size());
    }

    @Test
    void refusedFilesAreBadInput() throws Exception {
        CommandLineRun.of("inspect", folder.resolve("none")).bad("none of this name");
        CommandLineRun.of("inspect", Files.write(folder.resolve("short"), new byte[5])).bad("expected weights");
        CommandLineRun.of("inspect", folder).bad("a directory");
        CommandLineRun.of("inspect", "resnet18").bad("resnet18 is an architecture");
        CommandLineRun.of("inspect", TestFiles.tinyWeights(folder), "--option", "stride=1").bad("no option 'stride'");
    }

    @Test
    void metadataAreNoAssumptionsOfOurs() throws Exception {
        Path file = folder.resolve("card.safetensors");
        var net = TestFiles.tiny(2).with("epsilon", "0.5");
        Safetensors.write(file, ModelCard.metadata(net, List.of("left", "right")),
                net.declare(Weights.seeded()).tensors().toList());
        JsonNode json = json(file);
        assertEquals("[\"left\",\"right\"]", json.get("labels").toString());
        assertEquals("{\"option\":\"epsilon\",\"value\":\"0.5\",\"origin\":\"metadata\"}",
                json.get("assumptions").get(0).toString());
    }

    @Test
    void aShippedNetworkIsNamedByOneWord() {
        JsonNode json = json("motion");
        assertEquals("motion", json.get("file").asText());
        assertEquals("1x3x8x56x56", json.get("input").asText());
        assertEquals(json.get("classes").asInt(), json.get("labels").size());
        assertEquals("metadata", json.get("assumptions").get(json.get("assumptions").size() - 1).get("origin").asText());
        assertEquals("motion", CommandLineRun.of("inspect", "motion").good().lines().getFirst());
    }

    /** Every sound file of other writers can be listed. */
    @Test
    void filesOfOtherWriters() throws Exception {
        try (var files = Files.list(SharedFiles.require("formats/safetensors"))) {
            for (Path file : files.toList()) {
                JsonNode json = json(file, "--tensors");
                assertEquals(json.get("tensors").asInt(), json.path("tensorList").size(), file.toString());
            }
        }
    }
}
