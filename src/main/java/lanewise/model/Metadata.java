package lanewise.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;

/**
 * What a file says of its network beside the weights, under the keys {@code lanewise.options} (a JSON object),
 * {@code lanewise.preprocessing} (an object with the fields of {@link Preprocessing}) and {@code lanewise.labels} (an array of
 * class names). Each may be absent. {@code weights/README.md} has the fields in full.
 *
 * @param options values by the names that {@link Architecture#with(String, String)} takes
 * @param preprocessing how pictures or clips become inputs
 * @param labels names of the classes in the classifier's order, without control characters
 */
record Metadata(Map<String, String> options, Optional<Preprocessing> preprocessing, Optional<List<String>> labels) {
    /** Characters of a value, but for the labels. */
    static final int LONGEST_TEXT = 4_096;
    /** Characters of all labels. */
    static final int LONGEST_LABELS = 1 << 20;
    static final int MOST_LABELS = 100_000;
    /** Values of an input that a file may ask for by itself, 64 MiB; options of the caller may ask for more. */
    static final long LARGEST_INPUT = 1 << 24;

    private static final String OPTIONS = "lanewise.options";
    private static final String PREPROCESSING = "lanewise.preprocessing";
    private static final String LABELS = "lanewise.labels";
    private static final Set<String> FIELDS = Set.of(
            "resize", "interpolation", "height", "width", "mean", "std", "frames", "stride");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(2)
                            .maxStringLength(LONGEST_TEXT)
                            .maxNameLength(LONGEST_TEXT)
                            .maxNumberLength(64)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** @throws WeightException if an entry is there and is not as it should be */
    static Metadata of(WeightFile file) throws WeightException {
        Map<String, String> options = new LinkedHashMap<>();
        Optional<JsonNode> given = json(file, OPTIONS, LONGEST_TEXT, "{");
        given.ifPresent(object -> object.properties().forEach(entry -> options.put(entry.getKey(), entry.getValue().asText())));
        Optional<JsonNode> steps = json(file, PREPROCESSING, LONGEST_TEXT, "{");
        Optional<JsonNode> names = json(file, LABELS, LONGEST_LABELS, "[");
        return new Metadata(options,
                steps.isPresent() ? Optional.of(preprocessing(file, steps.get())) : Optional.empty(),
                names.isPresent() ? Optional.of(labels(file, names.get())) : Optional.empty());
    }

    /** The value of a key, which must start with a bracket of the wanted kind. */
    private static Optional<JsonNode> json(WeightFile file, String key, int longest, String bracket) throws WeightException {
        String text = file.metadata().get(key);
        if (text == null) {
            return Optional.empty();
        }
        String wanted = bracket.equals("{") ? "a JSON object" : "a JSON array";
        if (text.length() > longest) {
            throw fault(file, key, "at most " + longest + " characters", Integer.toString(text.length()));
        }
        if (!text.startsWith(bracket)) {
            throw fault(file, key, wanted, text.isEmpty() ? "nothing" : text);
        }
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw fault(file, key, wanted, e.getOriginalMessage());
        }
    }

    private static Preprocessing preprocessing(WeightFile file, JsonNode steps) throws WeightException {
        try {
            steps.fieldNames().forEachRemaining(Metadata::requireField);
            Preprocessing preprocessing = new Preprocessing(resize(steps.path("resize")),
                    interpolation(steps.path("interpolation").asText()), whole(steps, "height"), whole(steps, "width"),
                    rgb(steps, "mean"), rgb(steps, "std"), whole(steps, "frames"), whole(steps, "stride"));
            if (preprocessing.inputShape(1).elements() > LARGEST_INPUT) {
                throw new IllegalArgumentException("an input of " + preprocessing.inputShape(1) + ", more than "
                        + LARGEST_INPUT + " values");
            }
            return preprocessing;
        } catch (IllegalArgumentException e) {
            throw fault(file, PREPROCESSING, "the fields " + String.join(", ", FIELDS.stream().sorted().toList()), e.getMessage());
        }
    }

    private static void requireField(String name) {
        if (!FIELDS.contains(name)) {
            throw new IllegalArgumentException("a field " + name);
        }
    }

    /** A number for the shorter side, height and width, or null for pictures that keep their size. */
    private static Resize resize(JsonNode value) {
        if (value.isNull()) {
            return new Resize.None();
        }
        if (value.isArray() && value.size() == 2) {
            return new Resize.Exact(whole(value.get(0), "resize"), whole(value.get(1), "resize"));
        }
        return new Resize.ShortSide(whole(value, "resize"));
    }

    private static Interpolation interpolation(String name) {
        return switch (name) {
            case "antialiased" -> Interpolation.ANTIALIASED;
            case "bilinear" -> Interpolation.BILINEAR;
            default -> throw new IllegalArgumentException("interpolation '" + name + "', not antialiased or bilinear");
        };
    }

    private static int whole(JsonNode steps, String field) {
        JsonNode value = steps.isObject() ? steps.path(field) : steps;
        if (!value.isInt()) {
            throw new IllegalArgumentException(field + " is no whole number");
        }
        return value.intValue();
    }

    private static Rgb rgb(JsonNode steps, String field) {
        JsonNode values = steps.path(field);
        if (values.size() != 3 || !values.get(0).isNumber() || !values.get(1).isNumber() || !values.get(2).isNumber()) {
            throw new IllegalArgumentException(field + " is not three numbers");
        }
        return new Rgb(values.get(0).floatValue(), values.get(1).floatValue(), values.get(2).floatValue());
    }

    private static List<String> labels(WeightFile file, JsonNode names) throws WeightException {
        if (names.size() > MOST_LABELS) {
            throw fault(file, LABELS, "at most " + MOST_LABELS + " names", Integer.toString(names.size()));
        }
        List<String> labels = new ArrayList<>(names.size());
        for (JsonNode name : names) {
            if (!name.isTextual()) {
                throw fault(file, LABELS, "an array of names", name.getNodeType().toString());
            }
            // They go to terminals.
            labels.add(name.textValue().replaceAll("\\p{Cc}", " ").strip());
        }
        return List.copyOf(labels);
    }

    /** @throws WeightException if there are labels, but not one for each class */
    void requireClasses(WeightFile file, int classes) throws WeightException {
        if (labels.isPresent() && labels.get().size() != classes) {
            throw fault(file, LABELS, classes + " names, one for each class", Integer.toString(labels.get().size()));
        }
    }

    /** The architecture with the file's options. */
    Architecture configure(WeightFile file, Architecture architecture) throws WeightException {
        try {
            return architecture.with(options);
        } catch (IllegalArgumentException e) {
            throw fault(file, OPTIONS, "options of the architecture", e.getMessage());
        }
    }

    private static WeightException fault(WeightFile file, String key, String expected, String found) {
        return new WeightException(file.path().toString(), key, expected, found,
                "write the file's metadata anew, as weights/README.md says");
    }
}
