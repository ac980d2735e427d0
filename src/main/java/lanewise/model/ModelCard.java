package lanewise.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;

/**
 * What a safetensors file says of its network in its metadata, so that nothing need be assumed: options of the architecture,
 * preprocessing, names of the classes. The keys are listed in weights/README.md. Metadata is read as hostile, like all else.
 */
public final class ModelCard {
    private static final String ARCHITECTURE = "lanewise.architecture";
    private static final String OPTIONS = "lanewise.options";
    private static final String PREPROCESSING = "lanewise.preprocessing";
    private static final String LABELS = "lanewise.labels";
    private static final String ORIGIN = "metadata";
    private static final String CURE = "repair the metadata";

    /** Characters of a value, but for the labels. */
    static final int LONGEST_TEXT = 4_096;
    /** Characters of all labels. */
    static final int LONGEST_LABELS = 1 << 20;
    static final int MOST_LABELS = 100_000;

    private ModelCard() {}

    /**
     * The metadata that says all of an architecture that its tensors do not.
     *
     * @throws WeightException if a file with it would be refused: it has limits for labels and for the size of inputs
     */
    public static Map<String, String> metadata(Architecture architecture, List<String> labels) throws WeightException {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        architecture.assumed().options().forEach(each -> options.put(each.option(), each.value()));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(ARCHITECTURE, architecture.name());
        metadata.put(OPTIONS, options.toString());
        metadata.put(PREPROCESSING, PreprocessingJson.of(architecture.preprocessing()));
        if (!labels.isEmpty()) {
            metadata.put(LABELS, JsonNodeFactory.instance.arrayNode()
                    .addAll(labels.stream().map(JsonNodeFactory.instance::textNode).toList()).toString());
        }
        read(Path.of("metadata"), metadata, new Beside(architecture, List.of()));
        return metadata;
    }

    /** Whether a file says how its network computes and what it takes, so that no file beside it is asked. */
    static boolean isIn(WeightFile file) {
        return file.metadata().containsKey(OPTIONS) && file.metadata().containsKey(PREPROCESSING);
    }

    /**
     * What is known of a network, with what the file's metadata say of it instead.
     *
     * @throws WeightException if they say something that the architecture cannot be
     */
    static Beside read(WeightFile file, Beside known) throws WeightException {
        return read(file.path(), file.metadata(), known);
    }

    private static Beside read(Path file, Map<String, String> metadata, Beside known) throws WeightException {
        Architecture architecture = known.architecture();
        String name = metadata.getOrDefault(ARCHITECTURE, architecture.name());
        if (!name.equals(architecture.name())) {
            throw new WeightException(file.toString(), ARCHITECTURE, architecture.name() + " as in the weights", name, CURE);
        }
        Assumptions assumed = architecture.assumed();
        if (metadata.containsKey(OPTIONS)) {
            assumed = options(json(file, metadata, OPTIONS, LONGEST_TEXT), architecture, assumed);
        }
        if (metadata.containsKey(PREPROCESSING)) {
            assumed = assumed.with(PreprocessingJson.read(json(file, metadata, PREPROCESSING, LONGEST_TEXT)), ORIGIN);
        }
        return new Beside(architecture.assuming(assumed), metadata.containsKey(LABELS)
                ? labels(json(file, metadata, LABELS, LONGEST_LABELS), architecture.classes()) : known.labels());
    }

    private static Companion json(Path file, Map<String, String> metadata, String key, int longest) throws WeightException {
        String text = metadata.get(key);
        if (text.length() > longest) {
            throw new WeightException(file.toString(), key, "at most " + longest + " characters",
                    Integer.toString(text.length()), CURE);
        }
        return Companion.of(file, key, text);
    }

    private static Assumptions options(Companion json, Architecture architecture, Assumptions assumed) throws WeightException {
        if (!json.json().isObject()) {
            throw json.fault(OPTIONS, "an object", json.json().getNodeType().toString(), CURE);
        }
        Assumptions changed = assumed;
        for (Map.Entry<String, JsonNode> option : json.json().properties()) {
            if (!option.getValue().isTextual()) {
                throw json.fault(OPTIONS, "values as strings", option.getValue().getNodeType().toString(), CURE);
            }
            try {
                changed = changed.with(architecture.name(), option.getKey(), option.getValue().asText(), ORIGIN);
            } catch (IllegalArgumentException e) {
                throw json.fault(OPTIONS, "options of " + architecture.name(), e.getMessage(), CURE);
            }
        }
        return changed;
    }

    private static List<String> labels(Companion json, int classes) throws WeightException {
        if (!json.json().isArray()) {
            throw json.fault(LABELS, "an array of names", json.json().getNodeType().toString(), CURE);
        }
        if (json.json().size() > MOST_LABELS) {
            throw json.fault(LABELS, "at most " + MOST_LABELS + " names", Integer.toString(json.json().size()), CURE);
        }
        List<String> labels = new ArrayList<>();
        for (JsonNode label : json.json()) {
            if (!label.isTextual()) {
                throw json.fault(LABELS, "names of classes", label.getNodeType().toString(), CURE);
            }
            labels.add(json.text(label, LABELS));
        }
        if (labels.size() != classes) {
            throw json.fault(LABELS, classes + " classes as in the weights", labels.size() + " names", CURE);
        }
        return labels;
    }
}
