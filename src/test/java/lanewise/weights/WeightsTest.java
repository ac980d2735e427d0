package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import lanewise.SharedFiles;
import org.junit.jupiter.api.Test;

class WeightsTest {
    private static Weights weights(WeightTensor... tensors) {
        Map<String, WeightTensor> map = new LinkedHashMap<>();
        Stream.of(tensors).forEach(tensor -> map.put(tensor.name(), tensor));
        return Weights.of("net.pth", map);
    }

    private static WeightTensor zeros(String name, int... dims) {
        int elements = 1;
        for (int extent : dims) {
            elements *= extent;
        }
        return WeightTensor.of(name, new float[elements], dims);
    }

    @Test
    void scopesJoinNamesWithDots() throws WeightException {
        Weights all = weights(WeightTensor.of("layer1.0.weight", new float[] {1, 2}, 2), zeros("fc.bias", 3));
        Weights block = all.at("layer1").at("0");
        assertEquals("layer1.0", block.path());
        assertEquals("layer1.0.weight", block.path("weight"));
        assertTrue(block.has("weight"));
        assertFalse(block.has("bias"));
        assertEquals(List.of(2), block.dims("weight"));
        assertThrows(NoSuchElementException.class, () -> block.dims("bias"));
        assertEquals(new TreeSet<>(Set.of("weight")), block.names());
        assertEquals(new TreeSet<>(Set.of("layer1.0.weight", "fc.bias")), all.names());
        assertTrue(all.at("layer").names().isEmpty());
        assertArrayEquals(new float[] {1, 2}, block.take("weight", 2).toArray());
        all.at("fc").take("bias", 3);
        all.finish();
    }

    @Test
    void allMisfitsAreReportedAtOnce() {
        Weights all = weights(zeros("a.weight", 2, 3), zeros("longer.name.bias", 4), zeros("fc2.weight", 1),
                zeros("bn.num_batches_tracked"));
        WeightTensor misshaped = all.at("a").take("weight", 2, 4);
        WeightTensor missing = all.take("gone", 7);
        all.take("longer.name.bias", 5);
        all.take("longer.name.bias", 5);
        WeightException e = assertThrows(WeightException.class, all::finish);
        assertEquals("""
                net.pth: 3 misfits, 1 unused
                  a.weight          expected (2,4)  file has (2,3)
                  gone              expected (7)    file has none
                  longer.name.bias  expected (5)    file has (4)
                  unused: fc2.weight""", e.getMessage());
        assertEquals("net.pth", e.file());
        assertEquals(List.of(2, 4), misshaped.dims());
        assertEquals(List.of(7), missing.dims());
        WeightException onRead = assertThrows(WeightException.class, missing::toArray);
        assertEquals("gone", onRead.place());
    }

    @Test
    void longReportsAreCut() {
        WeightTensor[] tensors = new WeightTensor[25];
        for (int i = 0; i < tensors.length; i++) {
            tensors[i] = zeros("unused" + i, 1);
        }
        Weights all = weights(tensors);
        for (int i = 0; i < 30; i++) {
            all.take("missing" + i, 1);
        }
        String report = assertThrows(WeightException.class, all::finish).getMessage();
        assertTrue(report.startsWith("net.pth: 30 misfits, 25 unused\n"), report);
        assertTrue(report.contains("\n  and 10 more\n"), report);
        assertTrue(report.endsWith(" and 5 more"), report);
        assertEquals(23, report.lines().count());
    }

    @Test
    void negativeExtentsAreTheCallersMistake() {
        assertThrows(IllegalArgumentException.class, () -> weights().take("x", -1));
        assertThrows(IllegalArgumentException.class, () -> WeightTensor.of("x", new float[1], -1));
        assertThrows(IllegalArgumentException.class, () -> WeightTensor.of("x", new float[3], 2));
        assertThrows(IllegalArgumentException.class,
                () -> zeros("x", 2).read(MemorySegment.ofArray(new float[3])));
    }

    @Test
    void messagesAreOneLineWhateverTheFileSays() {
        WeightException e = new WeightException("f", "a\nb\u001b[31m", "x".repeat(5_000), "", "");
        assertFalse(e.getMessage().contains("\n") || e.getMessage().contains("\u001b"));
        assertTrue(e.getMessage().length() < 2_100);
    }

    /** Expected values: the formula evaluated apart from this code, in Python's integers and doubles. */
    @Test
    void seededValuesFollowTheFormula() throws WeightException {
        Weights seeded = Weights.seeded();
        checkSeeded(seeded.at("conv1").take("weight", 64, 3, 7, 7), 0x1.026c84p-6f, 0x1.5f64p-4f, -0x1.55e606p-3f);
        checkSeeded(seeded.at("bn1").take("weight", 64), 0x1.7cf844p-1f, 0x1.dc09fap-1f, 0x1.a7c50ap-1f);
        checkSeeded(seeded.take("bn1.bias", 64), -0x1.0c8970p-4f, -0x1.78b494p-4f, 0x1.30bd74p-4f);
        checkSeeded(seeded.take("bn1.running_mean", 64), 0x1.801f6cp-5f, 0x1.49b50cp-6f, 0x1.13e3ccp-7f);
        checkSeeded(seeded.take("bn1.running_var", 64), 0x1.123722p+0f, 0x1.24b456p+0f, 0x1.3c427cp+0f);
        checkSeeded(seeded.take("input", 1, 3, 224, 224), -0x1.9bd584p+0f, 0x1.3808b8p-1f, -0x1.2f7d20p+0f);
        assertArrayEquals(new float[] {0}, seeded.take("bn1.num_batches_tracked").toArray());
        assertFalse(seeded.has("conv1.weight"));
        assertTrue(seeded.names().isEmpty());
        seeded.finish();
        assertThrows(IllegalArgumentException.class, () -> seeded.take("gamma", 1).toArray());
    }

    private static void checkSeeded(WeightTensor tensor, float... first) throws WeightException {
        float[] values = tensor.toArray();
        assertEquals(tensor.elements(), values.length);
        for (int i = 0; i < first.length; i++) {
            assertEquals(first[i], values[i], tensor.name() + "[" + i + "]");
        }
    }

    /** Every tensor of the reference networks can be made, and their parameters sum to the stated number. */
    @Test
    void seededNetworksHaveTheStatedSize() throws IOException, WeightException {
        Path folder = SharedFiles.require("golden/seeded");
        int cases = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                JsonNode network = new ObjectMapper().readTree(file.toFile());
                long parameters = 0;
                for (JsonNode entry : network.get("tensors")) {
                    String name = entry.get(0).asText();
                    int[] dims = new int[entry.get(1).size()];
                    for (int i = 0; i < dims.length; i++) {
                        dims[i] = entry.get(1).get(i).asInt();
                    }
                    WeightTensor tensor = Weights.seeded().take(name, dims);
                    if (name.endsWith(".weight") || name.endsWith(".bias")) {
                        parameters += tensor.elements();
                    }
                    if (tensor.elements() < 1_000) {
                        for (float value : tensor.toArray()) {
                            assertTrue(Math.abs(value) <= 2.2, name);
                        }
                    }
                }
                assertEquals(network.get("parameters").asLong(), parameters, file.toString());
                cases++;
            }
        }
        assertEquals(11, cases);
    }
}
