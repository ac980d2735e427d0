package lanewise.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import lanewise.weights.WeightException;

/**
 * An architecture with what is said of it beside its tensors, in the file's metadata or in files beside it: options and
 * preprocessing, and the names of its classes.
 *
 * @param labels one for each class, without control characters, or none
 */
public record Beside(Architecture architecture, List<String> labels) {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

    public Beside {
        // They go to terminals.
        labels = labels.stream().map(label -> CONTROL.matcher(label).replaceAll(" ").strip()).toList();
    }

    /** Reads preprocessing from a file, given what is usual. */
    interface Preparation {
        Preprocessing read(Companion file, Preprocessing usual) throws WeightException;
    }

    /**
     * Reads the companion files that belong to the architecture's layout, if there are any.
     *
     * @throws WeightException if one cannot be read, belongs to another network, or asks for what Lanewise does not have
     */
    static Beside of(Path weights, Architecture recognised) throws WeightException {
        return switch (recognised.layout()) {
            case HUGGING_FACE -> HuggingFaceFiles.read(weights, (ResNet) recognised);
            case TORCHVISION, TIMM -> TimmFiles.read(weights, (ResNet) recognised);
            case AKAMASTER, CHENYAOFO, KUANGLIU, TORCHVISION_VIDEO, VMZ, IRHUM, KENSHOHARA, MMACTION2, PYTORCHVIDEO ->
                new Beside(recognised, List.of());
        };
    }

    /** With options set by the user, who knows better. */
    Beside with(Map<String, String> settings) {
        return new Beside(architecture.with(settings), labels);
    }

    /** With the preprocessing that a file describes. */
    Beside prepared(Companion file, Preparation preparation) throws WeightException {
        try {
            Preprocessing preprocessing = file.bounded(preparation.read(file, architecture.preprocessing()));
            return new Beside(architecture.assuming(architecture.assumed().with(preprocessing, file.name())), labels);
        } catch (IllegalArgumentException e) {
            throw file.fault("preprocessing", "sizes and colours that a picture can have", e.getMessage(), "repair the file");
        }
    }

    /** Sets an option; a network that does not have it cannot be what the file describes. */
    static Assumptions option(ResNet net, Assumptions assumed, Option<?> option, String value, Companion file, String field)
            throws WeightException {
        try {
            return assumed.with(net.name(), option.name(), value, file.name());
        } catch (IllegalArgumentException e) {
            throw file.fault(field, "a choice that " + net.name() + " has", e.getMessage(), "take another network");
        }
    }

    /** Sets an option of yes and no, where the file has the field; no is what networks without the option do. */
    static Assumptions flag(ResNet net, Assumptions assumed, Option<Boolean> option, Companion file, String field)
            throws WeightException {
        JsonNode value = file.json().path(field);
        boolean stated = value.isBoolean() && (value.asBoolean() || assumed.has(option));
        return stated ? option(net, assumed, option, value.asText(), file, field) : assumed;
    }
}
