package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lanewise.model.Architectures;
import lanewise.weights.WeightException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DescribeTest {
    @TempDir
    private Path folder;

    static Stream<String> names() {
        return Architectures.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void stagesAddUpAndFit80Columns(String name) {
        JsonNode json = CommandLineRun.of("describe", name, "--format", "json").good().json().getFirst();
        assertEquals(name, json.get("name").asText());
        long parameters = 0;
        long multiplyAdds = 0;
        for (JsonNode stage : json.get("stages")) {
            parameters += stage.get("parameters").asLong();
            multiplyAdds += stage.get("multiplyAdds").asLong();
        }
        assertEquals(json.get("parameters").asLong(), parameters);
        assertEquals(json.get("multiplyAdds").asLong(), multiplyAdds);
        assertEquals("stem", json.get("stages").get(0).get("name").asText());
        assertEquals("head", json.get("stages").get(json.get("stages").size() - 1).get("name").asText());

        List<String> lines = CommandLineRun.of("describe", name).good().lines();
        assertTrue(lines.stream().allMatch(line -> line.length() <= 80 && line.chars().allMatch(c -> c < 127)));
        assertEquals(List.of("total", String.format("%,d", parameters), String.format("%,d", multiplyAdds)),
                List.of(lines.getLast().split(" +")));
    }

    @Test
    void aShippedNetworkHasTheInputThatItsFileNotes() {
        List<String> lines = CommandLineRun.of("describe", "motion").good().lines();
        assertEquals(List.of("motion (r2plus1d_10)", "input 1x3x8x56x56"), lines.subList(0, 2));
    }

    /** Parameters as torchvision publishes them; multiply-adds as its documentation rounds them (GFLOPS there). */
    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512, 1.81", "resnet50, 25557032, 4.09", "resnext101_64x4d, 83455272, 15.46",
        "r2plus1d_18, 31505325, 40.52", "r3d_18, 33371472, 40.70", "mc3_18, 11695440, 43.34"})
    void publishedTotals(String name, long parameters, double billions) {
        JsonNode json = CommandLineRun.of("describe", name, "--format", "json").good().json().getFirst();
        assertEquals(parameters, json.get("parameters").asLong());
        assertEquals(billions, Math.round(json.get("multiplyAdds").asLong() / 1e7) / 100.0);
    }

    @Test
    void twoStandSideBySide() {
        List<String> lines = CommandLineRun.of("describe", "cifar_resnet20", "r2plus1d_18").good().lines();
        assertTrue(lines.stream().allMatch(line -> line.length() <= 120), String.join("\n", lines));
        List<String> one = CommandLineRun.of("describe", "cifar_resnet20").lines();
        List<String> other = CommandLineRun.of("describe", "r2plus1d_18").lines();
        int border = lines.getFirst().indexOf('|');
        assertTrue(lines.stream().allMatch(line -> line.charAt(border) == '|'), String.join("\n", lines));
        List<String> left = lines.stream().map(line -> line.substring(0, border).stripTrailing()).toList();
        List<String> right = lines.stream().map(line -> line.substring(border + 1).strip()).toList();
        assertEquals(other.stream().map(String::strip).toList(), right);
        List<String> padded = new ArrayList<>(one);
        padded.add(one.size() - 2, "");
        assertEquals(padded, left, "three stages against four");
    }

    /** Dilation keeps the map and costs more; epsilon costs nothing, and the algorithm is none of the architecture's. */
    @Test
    void optionsOfTheArchitecture() throws WeightException {
        String dilation = "replaceStrideWithDilation=false,true,true";
        for (Object net : List.of("resnet18", TestFiles.weights(
                folder.resolve("net.safetensors"), Architectures.named("resnet18").orElseThrow()))) {
            List<String> lines = CommandLineRun.of("describe", net, "--option", dilation).good().lines();
            assertTrue(lines.stream().anyMatch(line -> line.startsWith("layer4  1x512x28x28 ")), String.join("\n", lines));
            assertEquals(CommandLineRun.of("describe", net).good().out(),
                    CommandLineRun.of("describe", net, "--option", "epsilon=1e-3").good().out());
            CommandLineRun.of("describe", net, "--option", "algorithm=direct").bad("--option: ", "no option 'algorithm'");
        }
    }

    @Test
    void aWeightFileAndAShape() throws WeightException {
        Path weights = TestFiles.tinyWeights(folder);
        JsonNode json = CommandLineRun.of("describe", weights, "--shape", "4x3x16x16", "--format", "json")
                .good().json().getFirst();
        assertEquals(weights + " (cifar_resnet8)", json.get("name").asText());
        assertEquals("4x3x16x16", json.get("input").asText());
        assertEquals(4 * 16 * 16 * 4 * 27, json.get("stages").get(0).get("multiplyAdds").asLong(), "3x3 stem of 4 channels");
        assertEquals("4x7", json.get("stages").get(4).get("output").asText());
    }

    /** What a plan would be is what it is: forms, bytes, and shares that add up; the same each time. */
    @ParameterizedTest
    @CsvSource({"resnet18, 132", "resnext50_32x4d, 132", "r2plus1d_18, 132", "cifar_resnet20, 132"})
    void plansAddUpAndFitATerminal(String name, int width) {
        CommandLineRun run = CommandLineRun.of("describe", name, "--plan", "--format", "json").good();
        assertEquals(run.out(), CommandLineRun.of("describe", name, "--plan", "--format", "json").out());
        JsonNode json = run.json().getFirst();
        double share = 0;
        long bytes = 0;
        for (JsonNode step : json.get("steps")) {
            share += step.get("share").asDouble();
            bytes += step.get("weightBytes").asLong();
            double parts = step.get("arithmetic").asDouble() + step.get("transforms").asDouble() + step.get("memory").asDouble();
            assertEquals(step.get("cycles").asDouble(), parts, 1e-9 * parts, step::toString);
            if (!step.get("candidates").isEmpty()) {
                assertEquals(step.get("form"), step.get("candidates").get(0).get("form"));
                assertEquals(step.get("cycles"), step.get("candidates").get(0).get("cycles"));
            }
        }
        assertEquals(1, share, 1e-9);
        assertEquals(json.get("weightBytes").asLong(), bytes);
        List<String> lines = CommandLineRun.of("describe", name, "--plan").good().lines();
        assertTrue(lines.stream().allMatch(line -> line.length() <= width), String.join("\n", lines));
        assertEquals(3 + 1 + json.get("steps").size() + 1, lines.size());
    }

    @Test
    void optionsOfThePlan() {
        JsonNode fast = CommandLineRun.of("describe", "resnet18", "--plan", "--format", "json").good().json().getFirst();
        JsonNode small = CommandLineRun.of("describe", "resnet18", "--plan", "--option", "memory=small", "--format", "json")
                .good().json().getFirst();
        JsonNode direct = CommandLineRun.of("describe", "resnet18", "--plan", "--option", "algorithm=direct", "--format", "json")
                .good().json().getFirst();
        assertTrue(direct.get("weightBytes").asLong() < small.get("weightBytes").asLong()
                && small.get("weightBytes").asLong() < 1.1 * direct.get("weightBytes").asLong()
                && small.get("weightBytes").asLong() < 0.7 * fast.get("weightBytes").asLong());
        assertTrue(fast.get("cycles").asDouble() < small.get("cycles").asDouble()
                && small.get("cycles").asDouble() < direct.get("cycles").asDouble());
        CommandLineRun.of("describe", "resnet18", "--plan", "--option", "memory=none").bad("no memory 'none'", "fast or small");
    }
}
