package lanewise.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lanewise.weights.WeightException;

/** {@link Preprocessing} as a JSON object of its fields, in the order of work; weights/README.md lists them. */
public final class PreprocessingJson {
    private static final List<String> FIELDS =
            List.of("resize", "interpolation", "height", "width", "mean", "std", "frames", "stride");
    private static final String CURE = "repair the metadata";

    private PreprocessingJson() {}

    /** The JSON text. */
    public static String of(Preprocessing way) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        switch (way.resize()) {
            case Resize.ShortSide side -> json.put("resize", side.pixels());
            case Resize.Exact exact -> json.putArray("resize").add(exact.height()).add(exact.width());
            case Resize.None _ -> json.putNull("resize");
        }
        json.put("interpolation", way.interpolation().name().toLowerCase(Locale.ROOT));
        json.put("height", way.height()).put("width", way.width());
        colours(json.putArray("mean"), way.mean());
        colours(json.putArray("std"), way.std());
        return json.put("frames", way.frames()).put("stride", way.stride()).toString();
    }

    private static void colours(ArrayNode array, Rgb rgb) {
        array.add(rgb.r()).add(rgb.g()).add(rgb.b());
    }

    /** @throws WeightException if a field is missing, unknown, or of a kind or size that preprocessing cannot have */
    static Preprocessing read(Companion json) throws WeightException {
        List<String> fields = json.json().propertyStream().map(Map.Entry::getKey).sorted().toList();
        if (!fields.equals(FIELDS.stream().sorted().toList())) {
            throw json.fault("preprocessing", "the fields " + String.join(", ", FIELDS), fields.toString(), CURE);
        }
        try {
            return json.bounded(new Preprocessing(resize(json), interpolation(json), whole(json, "height"),
                    whole(json, "width"), rgb(json, "mean"), rgb(json, "std"), whole(json, "frames"), whole(json, "stride")));
        } catch (IllegalArgumentException e) {
            throw json.fault("preprocessing", "sizes and colours that a picture can have", e.getMessage(), CURE);
        }
    }

    private static Resize resize(Companion json) throws WeightException {
        JsonNode sides = json.json().path("resize");
        if (sides.isNull()) {
            return new Resize.None();
        }
        return sides.isArray() && sides.size() == 2
                ? new Resize.Exact(whole(json, "resize", sides.get(0)), whole(json, "resize", sides.get(1)))
                : new Resize.ShortSide(whole(json, "resize", sides));
    }

    private static Interpolation interpolation(Companion json) throws WeightException {
        String name = json.json().path("interpolation").asText();
        for (Interpolation interpolation : Interpolation.values()) {
            if (interpolation.name().toLowerCase(Locale.ROOT).equals(name)) {
                return interpolation;
            }
        }
        throw json.fault("interpolation", "antialiased, bicubic or bilinear", "'" + name + "'", CURE);
    }

    private static int whole(Companion json, String field) throws WeightException {
        return whole(json, field, json.json().path(field));
    }

    private static int whole(Companion json, String field, JsonNode number) throws WeightException {
        if (!number.isInt()) {
            throw json.fault(field, "a whole number", "something else", CURE);
        }
        return number.asInt();
    }

    private static Rgb rgb(Companion json, String field) throws WeightException {
        return json.colours("/" + field).orElseThrow(() -> json.fault(field, "three numbers", "none", CURE));
    }
}
