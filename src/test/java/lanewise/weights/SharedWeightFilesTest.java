package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import lanewise.SharedFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Files of many writers with known values, and hostile files with known verdicts, from {@code ../shared}. */
class SharedWeightFilesTest {
    private static final Duration WATCHDOG = Duration.ofSeconds(2);
    static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNameLength(1 << 20).build())
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .build();

    @Test
    void everyFileOfTheManifestHasItsVerdict() throws IOException {
        Path folder = SharedFiles.require("bad-inputs");
        List<Executable> checks = new ArrayList<>();
        for (JsonNode entry : JSON.readTree(folder.resolve("manifest.json").toFile()).get("files")) {
            String kind = entry.get("kind").asText();
            if (kind.equals("safetensors") || kind.startsWith("pth")) {
                checks.add(() -> checkVerdict(folder.resolve(entry.get("file").asText()), entry));
            }
        }
        assertEquals(258, checks.size());
        assertAll(checks);
    }

    private static void checkVerdict(Path file, JsonNode entry) {
        String verdict = entry.get("expected").asText();
        List<String> allowed = entry.has("alternative") ? List.of(verdict, entry.get("alternative").asText()) : List.of(verdict);
        assertTimeoutPreemptively(WATCHDOG, () -> {
            try (WeightFile opened = WeightFile.open(file)) {
                assertTrue(allowed.contains("accept"), () -> file.getFileName() + " was accepted");
                for (Map.Entry<String, JsonNode> tensor : entry.path("tensors").properties()) {
                    checkTensor(file, opened.tensors().get(tensor.getKey()), tensor.getValue());
                }
                readAll(opened);
            } catch (WeightException e) {
                checkRefusal(file, e);
                assertTrue(allowed.contains("reject"), () -> e.getMessage());
            }
        }, file.toString());
    }

    private static void checkTensor(Path file, WeightTensor tensor, JsonNode expected) throws Exception {
        Supplier<String> where = () -> file.getFileName() + " " + tensor;
        assertTrue(tensor != null, where);
        assertEquals(expected.get("dtype").asText(), tensor.dtype().name(), where);
        assertEquals(shape(expected), tensor.dims(), where);
        assertEquals(expected.get("sha256").asText(), RawBytes.of(tensor).sha256(), where);
    }

    @Test
    void everySafetensorsVerdictHolds() throws IOException {
        Path valid = SharedFiles.require("formats/safetensors");
        Path invalid = SharedFiles.require("bad-inputs/public/safetensors");
        List<Executable> checks = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry :
                JSON.readTree(SharedFiles.require("formats/safetensors-verdicts.json").toFile()).properties()) {
            boolean accept = entry.getValue().get(0).asText().equals("accept");
            Path file = (accept ? valid : invalid).resolve(entry.getKey());
            checks.add(() -> assertTimeoutPreemptively(WATCHDOG, () -> {
                if (accept) {
                    try (WeightFile opened = WeightFile.open(file)) {
                        readAll(opened);
                    }
                } else {
                    checkRefusal(file, assertThrows(WeightException.class, () -> WeightFile.open(file).close(), file::toString));
                }
            }));
        }
        assertEquals(53, checks.size());
        assertAll(checks);
    }

    @Test
    void valuesOfPyTorchFilesAreExact() throws IOException {
        Path folder = SharedFiles.require("formats");
        List<Executable> checks = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : JSON.readTree(folder.resolve("pt-expected.json").toFile()).properties()) {
            Path file = folder.resolve(entry.getKey());
            // The table also describes files of collections that are not there.
            if (Files.exists(file)) {
                checks.add(() -> checkValues(file, entry.getValue()));
            }
        }
        assertEquals(60, checks.size());
        assertAll(checks);
    }

    private static void checkValues(Path file, JsonNode expected) throws WeightException {
        if (!expected.get("ok").asBoolean()) {
            checkRefusal(file, assertThrows(WeightException.class, () -> WeightFile.open(file).close(), file::toString));
            return;
        }
        try (WeightFile opened = WeightFile.open(file)) {
            int found = 0;
            for (Map.Entry<String, JsonNode> entry : expected.get("tensors").properties()) {
                String name = entry.getKey().replaceFirst("^model_state_dict\\.", "");
                WeightTensor tensor = opened.tensors().get(name);
                if (entry.getValue().has("scalar") || name.startsWith("optimizer_state_dict.")) {
                    assertTrue(tensor == null, name);
                    continue;
                }
                found++;
                assertTrue(tensor != null, () -> file + " " + name);
                assertEquals(dtype(entry.getValue().get("dtype").asText()), tensor.dtype());
                assertEquals(shape(entry.getValue()), tensor.dims());
                RawBytes raw = RawBytes.of(tensor);
                float[] values = tensor.toArray();
                JsonNode numbers = entry.getValue().get("values");
                assertTrue(!numbers.isEmpty() || values.length == 0);
                for (int i = 0; i < numbers.size(); i++) {
                    double number = number(numbers.get(i));
                    assertEquals(number, raw.number(i), () -> file + " " + name);
                    assertEquals((float) number, values[i], () -> file + " " + name);
                }
            }
            assertEquals(found, opened.tensors().size(), file::toString);
        }
    }

    @Test
    void hostilePicklesOfOtherProjectsAreRefused() throws IOException {
        Path folder = SharedFiles.require("bad-inputs/public/pickle");
        List<Executable> checks = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> !f.endsWith("pytorch_model.bin")).toList()) {
                checks.add(() -> assertTimeoutPreemptively(WATCHDOG, () -> checkRefusal(file,
                        assertThrows(WeightException.class, () -> WeightFile.open(file).close(), file::toString))));
            }
        }
        assertEquals(45, checks.size());
        assertAll(checks);
    }

    /** The one harmless file among them. */
    @Test
    void legacyStateDictOfAnotherFamilyLoads() throws WeightException {
        try (WeightFile file = WeightFile.open(SharedFiles.require("bad-inputs/public/pickle/pytorch_model.bin"))) {
            assertEquals(WeightFile.Format.PYTORCH_LEGACY, file.format());
            assertEquals(List.of(28996, 2), file.tensors().get("distilbert.embeddings.word_embeddings.weight").dims());
            readAll(file);
        }
    }

    @Test
    void trainedModelsLoad() throws Exception {
        checkModel("models/resnet18-pqf.f32.safetensors", WeightFile.Format.SAFETENSORS, 11_689_512);
        checkModel("models/resnet50-pqf.f16mixed.safetensors", WeightFile.Format.SAFETENSORS, 25_557_032);
        checkModel("models/resnet20-12fca82f.th", WeightFile.Format.PYTORCH_LEGACY, 269_722);
        checkModel("models/resnet44-014dd654.th", WeightFile.Format.PYTORCH_LEGACY, 658_586);
    }

    /** Parameters: everything but batch norm's statistics (published counts: weights-layouts.md). */
    private static void checkModel(String name, WeightFile.Format format, long parameters) throws WeightException {
        try (WeightFile file = WeightFile.open(SharedFiles.require(name))) {
            assertEquals(format, file.format());
            long counted = 0;
            for (WeightTensor tensor : file.tensors().values()) {
                for (float value : tensor.toArray()) {
                    assertTrue(Float.isFinite(value), tensor.name());
                }
                if (tensor.name().endsWith(".weight") || tensor.name().endsWith(".bias")) {
                    counted += tensor.elements();
                }
            }
            assertEquals(parameters, counted, name);
            assertFalse(file.weights().names().stream().anyMatch(n -> n.startsWith("module.")));
        }
    }

    private static void readAll(WeightFile file) throws WeightException {
        for (WeightTensor tensor : file.tensors().values()) {
            if (tensor.dtype().readable()) {
                assertEquals(tensor.elements(), tensor.toArray().length);
            } else {
                assertThrows(WeightException.class, tensor::toArray);
            }
        }
    }

    private static void checkRefusal(Path file, WeightException e) {
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
        assertFalse(e.expected().isEmpty() || e.found().isEmpty(), e.getMessage());
    }

    private static List<Integer> shape(JsonNode tensor) {
        List<Integer> shape = new ArrayList<>();
        tensor.get("shape").forEach(extent -> shape.add(extent.asInt()));
        return shape;
    }

    private static DType dtype(String torch) {
        return switch (torch) {
            case "float64" -> DType.F64;
            case "float32" -> DType.F32;
            case "float16" -> DType.F16;
            case "bfloat16" -> DType.BF16;
            case "int64" -> DType.I64;
            case "int32" -> DType.I32;
            case "int16" -> DType.I16;
            case "int8" -> DType.I8;
            case "uint8" -> DType.U8;
            case "bool" -> DType.BOOL;
            default -> fail("unexpected type " + torch);
        };
    }

    private static double number(JsonNode value) {
        if (value.isBoolean()) {
            return value.asBoolean() ? 1 : 0;
        }
        if (value.isTextual()) {
            return Double.parseDouble(value.asText().replace("inf", "Infinity").replace("nan", "NaN"));
        }
        return value.asDouble();
    }
}
