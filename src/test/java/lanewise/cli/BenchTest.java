package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import lanewise.weights.WeightException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a benchmark says, not how fast anything is. */
class BenchTest {
    @TempDir
    private Path folder;

    @Test
    void jsonFitsTogether() {
        JsonNode json = CommandLineRun.of("bench", "cifar_resnet20", "--shape", "2x3x16x16", "--threads", 1, "--seconds",
                "0.2", "--profile", "--format", "json").good().json().getFirst();
        assertEquals("cifar_resnet20", json.get("network").asText());
        assertEquals("2x3x16x16", json.get("input").asText());
        assertEquals(1, json.get("threads").asInt());
        assertEquals("vector", json.get("kernels").asText());
        JsonNode milliseconds = json.get("milliseconds");
        assertTrue(0 < milliseconds.get("minimum").asDouble()
                && milliseconds.get("minimum").asDouble() <= milliseconds.get("median").asDouble()
                && milliseconds.get("median").asDouble() <= milliseconds.get("maximum").asDouble(), json.toString());
        // A quarter of 32x32 pixels, twice.
        long expected = (40_551_040 - 640) / 2 + 2 * 640;
        assertEquals(expected, json.get("multiplyAdds").asLong());
        double gflops = json.get("gflops").asDouble();
        double rounding = 0.0005 / milliseconds.get("median").asDouble();
        assertEquals(2e-6 * expected / milliseconds.get("median").asDouble(), gflops, 2 * rounding * gflops);
        double peak = (json.get("peakGflops").get("before").asDouble() + json.get("peakGflops").get("after").asDouble()) / 2;
        assertEquals(gflops / peak, json.get("share").asDouble(), 1e-12);
        assertTrue(json.get("weightBytes").asLong() >= 4 * 269_722 - 4 * 2 * 688, "weights without batch norm: " + json);

        JsonNode steps = json.get("steps");
        int convolutions = 0;
        double before = Double.MAX_VALUE;
        for (JsonNode step : steps) {
            assertTrue(step.get("milliseconds").asDouble() <= before, "slowest first: " + steps);
            before = step.get("milliseconds").asDouble();
            convolutions += step.get("path").asText().startsWith("layer3.") ? 1 : 0;
        }
        assertEquals(6, convolutions, "three blocks of two: " + steps);
    }

    @Test
    void textOfAWeightFileWithPlainKernels() throws WeightException {
        Path weights = TestFiles.tinyWeights(folder);
        List<String> lines = CommandLineRun.of(
                "bench", weights, "--scalar", "--unfused", "--threads", 2, "--seconds", "0.1").good().lines();
        assertEquals(weights + " (cifar_resnet8), input 1x3x32x32, 2 threads, scalar kernels", lines.getFirst());
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("  time") && line.contains("median")), lines.toString());
        assertFalse(lines.stream().anyMatch(line -> line.contains("peak")), "no peak without vectors: " + lines);
    }
}
