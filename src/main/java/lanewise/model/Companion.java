package lanewise.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lanewise.weights.WeightException;

/**
 * A JSON file beside the weights, or JSON in their metadata, read as hostile: at most 4 MiB, 32 levels, strings of 65,536
 * characters; names twice in one object are refused.
 */
record Companion(Path file, JsonNode json) {
    private static final int MOST_BYTES = 4 << 20;
    /** Values of an input that a file may ask for by itself, 64 MiB; the caller's options may ask for more. */
    private static final int LARGEST_INPUT = 1 << 24;

    /** Made when it is first needed: most weights have no such file, and making it takes a tenth of a second in a new process. */
    private static final class Reader {
        static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).maxStringLength(1 << 16)
                                .maxNameLength(1 << 12).maxNumberLength(64).maxDocumentLength(MOST_BYTES).build())
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /** The file {@code name} in the folder of {@code weights}, if there is such a file and it holds a JSON object. */
    static Optional<Companion> beside(Path weights, String name) throws WeightException {
        Path file = weights.resolveSibling(name);
        // A pipe of that name would never end.
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new WeightException(file.toString(), "", "at most " + MOST_BYTES + " bytes", "more", "move it away");
            }
            JsonNode json = Reader.MAPPER.readTree(bytes);
            return json.isObject() ? Optional.of(new Companion(file, json)) : Optional.empty();
        } catch (JsonProcessingException e) {
            throw new WeightException(file.toString(), "", "JSON", e.getOriginalMessage(),
                    "it lies beside the weights and may say how they are used: repair it or move it away");
        } catch (IOException e) {
            throw new WeightException(file.toString(), "", "a readable file", e.getClass().getSimpleName(),
                    "repair it or move it away");
        }
    }

    /** JSON in the metadata of a weight file. */
    static Companion of(Path weights, String key, String text) throws WeightException {
        try {
            return new Companion(weights, Reader.MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw new WeightException(weights.toString(), key, "JSON", e.getOriginalMessage(), "repair the metadata");
        }
    }

    /** The name of the file without its folder. */
    String name() {
        return file.getFileName().toString();
    }

    WeightException fault(String field, String expected, String found, String cure) {
        return new WeightException(file.toString(), field, expected, found, cure);
    }

    private static String dotted(String pointer) {
        return pointer.substring(1).replace('/', '.');
    }

    /** Throws where a field is there and has another value. */
    void require(String pointer, String value, String why) throws WeightException {
        JsonNode node = json.at(pointer);
        if (!node.isMissingNode() && !node.isNull() && !node.asText().equalsIgnoreCase(value)) {
            throw fault(dotted(pointer), value + ", " + why, node.isValueNode() ? node.asText() : "a structure",
                    "take another network");
        }
    }

    /** Throws where a list of whole numbers is there and is another one. */
    void requireSame(String field, List<Integer> ofWeights) throws WeightException {
        JsonNode node = json.path(field);
        if (node.isArray()) {
            List<Integer> numbers = new ArrayList<>();
            node.forEach(each -> numbers.add(each.asInt()));
            if (!numbers.equals(ofWeights)) {
                throw fault(field, ofWeights + " as in the weights", numbers.toString(), "move the file of another network away");
            }
        }
    }

    /** Text that UTF-8 can hold: no half of a character. */
    String text(JsonNode node, String field) throws WeightException {
        String text = node.asText();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw fault(field, "whole characters", "half of a surrogate pair", "repair the file");
        }
        return text;
    }

    /** The preprocessing that this file asks for, if its input is not too large. */
    Preprocessing bounded(Preprocessing way) throws WeightException {
        if (way.inputShape(1).elements() > LARGEST_INPUT) {
            throw fault("preprocessing", "an input of at most " + LARGEST_INPUT + " values", way.inputShape(1).toString(),
                    "repair the file, or move it away and set the size by options");
        }
        return way;
    }

    /** Three finite numbers as colours; empty where there is no such field. */
    Optional<Rgb> colours(String pointer) throws WeightException {
        JsonNode node = json.at(pointer);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (node.size() == 3 && node.get(0).isNumber() && node.get(1).isNumber() && node.get(2).isNumber()) {
            try {
                return Optional.of(new Rgb(node.get(0).floatValue(), node.get(1).floatValue(), node.get(2).floatValue()));
            } catch (IllegalArgumentException e) {
                throw fault(dotted(pointer), "three finite numbers", "others", "repair the file");
            }
        }
        throw fault(dotted(pointer), "three numbers", "something else", "repair the file");
    }

    /** A whole number of pixels; empty where there is no such field. */
    Optional<Integer> pixels(String pointer) throws WeightException {
        JsonNode node = json.at(pointer);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (node.isIntegralNumber() && node.canConvertToInt() && node.asInt() >= 1 && node.asInt() <= Resize.MAX_SIDE) {
            return Optional.of(node.asInt());
        }
        throw fault(dotted(pointer), "1 to " + Resize.MAX_SIDE + " pixels", "something else",
                "repair the file");
    }

    /** The share of a resized picture that a crop shows; {@code usual} where there is no such field. */
    double share(String pointer, double usual) throws WeightException {
        JsonNode node = json.at(pointer);
        if (node.isMissingNode() || node.isNull()) {
            return usual;
        }
        if (node.isNumber() && node.doubleValue() > 0.01 && node.doubleValue() <= 1) {
            return node.doubleValue();
        }
        throw fault(dotted(pointer), "a share of 0.01 to 1", "something else", "repair the file");
    }
}
