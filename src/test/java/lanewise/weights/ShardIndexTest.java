package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardIndexTest {
    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";

    @TempDir
    private Path folder;

    @BeforeEach
    void shards() throws WeightException {
        Safetensors.write(folder.resolve(FIRST), Map.of("format", "pt"),
                List.of(WeightTensor.of("a", new float[] {1, 2}, 2), WeightTensor.of("c", new float[] {3}, 1)));
        Safetensors.write(folder.resolve(SECOND), Map.of("more", "x"), List.of(WeightTensor.of("b", new float[] {4}, 1)));
    }

    private Path index(String text) throws IOException {
        return Files.writeString(folder.resolve("model.safetensors.index.json"), text);
    }

    private static String map(String... pairs) {
        return IntStream.range(0, pairs.length / 2).mapToObj(i -> "\"" + pairs[2 * i] + "\": \"" + pairs[2 * i + 1] + "\"")
                .collect(Collectors.joining(", ", "{\"metadata\": {\"size\": 16, \"x\": [1, {}]}, \"weight_map\": {", "}}\n"));
    }

    private void refused(String text, String... parts) throws IOException {
        Path path = index(text);
        WeightException e = assertThrows(WeightException.class, () -> WeightFile.open(path).close());
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        Hostile.checkRefusal(Path.of(e.file()), e);
    }

    @Test
    void severalFilesAreOneCheckpoint() throws Exception {
        Path path = index("\n " + map("a", FIRST, "b", SECOND, "c", FIRST));
        try (WeightFile file = WeightFile.open(path)) {
            assertEquals(List.of("a", "b", "c"), List.copyOf(file.tensors().keySet()));
            assertArrayEquals(new float[] {1, 2}, file.tensors().get("a").toArray());
            assertArrayEquals(new float[] {4}, file.tensors().get("b").toArray());
            assertArrayEquals(new float[] {3}, file.tensors().get("c").toArray());
            assertEquals(Map.of("format", "pt", "more", "x"), file.metadata());
            assertEquals(path, file.path());
            assertEquals(List.of(folder.resolve(FIRST), folder.resolve(SECOND)), file.parts());
            assertEquals(Files.size(path) + Files.size(folder.resolve(FIRST)) + Files.size(folder.resolve(SECOND)), file.size());
            assertEquals(WeightFile.Format.SAFETENSORS, file.format());
        }
        try (WeightFile file = WeightFile.open(folder.resolve(SECOND))) {
            assertEquals(List.of(folder.resolve(SECOND)), file.parts());
        }
    }

    @Test
    void pyTorchFilesHaveIndexesToo() throws Exception {
        Files.write(folder.resolve("pytorch_model-00001-of-00001.bin"), HostileSeeds.legacy());
        try (WeightFile file = WeightFile.open(index(map("w", "pytorch_model-00001-of-00001.bin")))) {
            assertArrayEquals(new float[] {2, 3, 4, 5}, file.tensors().get("w").toArray());
        }
        refused(map("w", "pytorch_model-00001-of-00001.bin", "b", SECOND), SECOND, "expected a PYTORCH_LEGACY file");
    }

    /** The files exist, but not beside the index. */
    @ParameterizedTest
    @ValueSource(strings = {"../" + SECOND, "sub/" + SECOND, "..\\\\" + SECOND, "C:" + SECOND, "..", ".", "", "/etc/hosts",
        "\\u0000", "a\\nb", "file:///" + SECOND})
    void pathsOutOfTheFolderAreRefused(String name) throws Exception {
        Files.createDirectories(folder.resolve("sub"));
        Files.copy(folder.resolve(SECOND), folder.resolve("sub").resolve(SECOND));
        refused(map("a", FIRST, "c", FIRST, "b", name), "weight_map: expected names of files beside the index");
    }

    @Test
    void indexAndShardsMustAgree() throws Exception {
        refused(map("a", FIRST, "b", SECOND), "c: expected listed as in " + FIRST);
        refused(map("a", FIRST, "c", FIRST, "b", FIRST), "b: expected a tensor in " + FIRST);
        refused(map("a", FIRST, "c", SECOND, "b", SECOND), "c: expected a tensor in " + SECOND);
        refused(map("a", FIRST, "c", FIRST, "b", "gone.safetensors"), "gone.safetensors: expected a file");
        refused(map("a", FIRST, "c", FIRST, "b", SECOND, "b", SECOND), "Duplicate");
        refused(map("a", "model.safetensors.index.json"), "neither safetensors nor a PyTorch checkpoint");
        Files.write(folder.resolve(SECOND), new byte[0]);
        refused(map("a", FIRST, "c", FIRST, "b", SECOND), SECOND + ": expected weights, found an empty file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"weight_map\": {}}", "{\"weight_map\": []}", "{\"weight_map\": {\"a\": 1}}", "{\"a\": ", "{",
        "{\"weight_map\": {\"a\": null}}", "{\"weight_map\": {\"a\": {\"b\": 1}}}", "{\"weights\": {\"a\": \"b\"}}",
        "{\"weight_map\": {\"a\": \"" + FIRST + "\"}} {}"})
    void otherJsonIsRefused(String text) throws Exception {
        refused(text);
    }

    @Test
    void thousandsOfShardsAreRefused() throws Exception {
        String[] pairs = new String[2_002];
        for (int i = 0; i < pairs.length; i += 2) {
            pairs[i] = "w" + i;
            pairs[i + 1] = i + ".safetensors";
        }
        refused(map(pairs), "at most 1000 files");
    }
}
