package lanewise.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
    private static final String LAYOUT = "lanewise.layout";
    private static final String OPTIONS = "lanewise.options";
    private static final String PREPROCESSING = "lanewise.preprocessing";
    private static final String LABELS = "lanewise.labels";
    private static final String ORIGIN = "metadata";

    private ModelCard() {}

    /** The metadata that says all of an architecture that its tensors do not. */
    public static Map<String, String> metadata(Architecture architecture, List<String> labels) {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        architecture.assumed().options().forEach(each -> options.put(each.option(), each.value()));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(ARCHITECTURE, architecture.name());
        metadata.put(LAYOUT, architecture.layout().title());
        metadata.put(OPTIONS, options.toString());
        metadata.put(PREPROCESSING, PreprocessingJson.of(architecture.preprocessing()));
        if (!labels.isEmpty()) {
            metadata.put(LABELS, JsonNodeFactory.instance.arrayNode()
                    .addAll(labels.stream().map(JsonNodeFactory.instance::textNode).toList()).toString());
        }
        return metadata;
    }

    /** Whether a file says anything that would otherwise be assumed. */
    static boolean isIn(WeightFile file) {
        return file.metadata().containsKey(OPTIONS) || file.metadata().containsKey(PREPROCESSING);
    }

    /**
     * The architecture with what the file says of it.
     *
     * @throws WeightException if the file says something that the architecture cannot be
     */
    static Beside read(WeightFile file, Architecture recognised) throws WeightException {
        Map<String, String> metadata = file.metadata();
        Assumptions assumed = recognised.assumed();
        if (metadata.containsKey(OPTIONS)) {
            assumed = options(Companion.of(file.path(), OPTIONS, metadata.get(OPTIONS)), recognised, assumed);
        }
        if (metadata.containsKey(PREPROCESSING)) {
            Companion json = Companion.of(file.path(), PREPROCESSING, metadata.get(PREPROCESSING));
            assumed = assumed.with(PreprocessingJson.read(json), ORIGIN);
        }
        return new Beside(recognised.assuming(assumed), labels(file, recognised.classes()));
    }

    private static Assumptions options(Companion json, Architecture architecture, Assumptions assumed) throws WeightException {
        if (!json.json().isObject()) {
            throw json.fault(OPTIONS, "an object", json.json().getNodeType().toString(), "repair the metadata");
        }
        Assumptions changed = assumed;
        for (Map.Entry<String, JsonNode> option : json.json().properties()) {
            if (!option.getValue().isTextual()) {
                throw json.fault(OPTIONS, "values as strings", option.getValue().getNodeType().toString(), "repair the metadata");
            }
            try {
                changed = changed.with(architecture.name(), option.getKey(), option.getValue().asText(), ORIGIN);
            } catch (IllegalArgumentException e) {
                throw json.fault(OPTIONS, "options of " + architecture.name(), e.getMessage(), "repair the metadata");
            }
        }
        return changed;
    }

    private static List<String> labels(WeightFile file, int classes) throws WeightException {
        if (!file.metadata().containsKey(LABELS)) {
            return List.of();
        }
        Companion json = Companion.of(file.path(), LABELS, file.metadata().get(LABELS));
        if (!json.json().isArray()) {
            throw json.fault(LABELS, "an array of names", json.json().getNodeType().toString(), "repair the metadata");
        }
        List<String> labels = new ArrayList<>();
        for (JsonNode label : json.json()) {
            if (!label.isTextual()) {
                throw json.fault(LABELS, "names of classes", label.getNodeType().toString(), "repair the metadata");
            }
            labels.add(label.asText());
        }
        if (labels.size() != classes) {
            throw json.fault(LABELS, classes + " classes as in the weights", labels.size() + " names", "repair the metadata");
        }
        return labels;
    }
}
