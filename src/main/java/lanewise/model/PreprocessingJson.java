package lanewise.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import lanewise.weights.WeightException;

/** {@link Preprocessing} as JSON, in the order of work; the fields are listed in weights/README.md. */
public final class PreprocessingJson {
    private static final Set<String> FIELDS = Set.of("resize", "interpolation", "antialias", "crop", "mean", "std", "channels",
            "frames", "stride");
    private static final String CURE = "repair the metadata";

    private PreprocessingJson() {}

    /** The JSON text. */
    public static String of(Preprocessing way) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        switch (way.resize()) {
            case Resize.ShortSide side -> json.putArray("resize").add(side.pixels());
            case Resize.Exact exact -> json.putArray("resize").add(exact.height()).add(exact.width());
            case Resize.None _ -> json.putArray("resize");
        }
        json.put("interpolation", way.interpolation() == Interpolation.BICUBIC ? "bicubic" : "bilinear");
        json.put("antialias", way.interpolation() != Interpolation.BILINEAR);
        json.putArray("crop").add(way.height()).add(way.width());
        colours(json.putArray("mean"), way.mean());
        colours(json.putArray("std"), way.std());
        json.put("channels", "RGB");
        if (way.isClip()) {
            json.put("frames", way.frames()).put("stride", way.stride());
        }
        return json.toString();
    }

    private static void colours(ArrayNode array, Rgb rgb) {
        array.add(rgb.r()).add(rgb.g()).add(rgb.b());
    }

    /** @throws WeightException if a field is missing, unknown, or of a kind or size that preprocessing cannot have */
    static Preprocessing read(Companion json) throws WeightException {
        for (String field : json.json().propertyStream().map(Map.Entry::getKey).toList()) {
            if (!FIELDS.contains(field)) {
                throw json.fault("preprocessing", "the fields " + FIELDS, field, CURE);
            }
        }
        json.require("/channels", "RGB", "the only order that Lanewise has");
        JsonNode crop = json.json().path("crop");
        try {
            return new Preprocessing(resize(json), interpolation(json), whole(json, "crop", crop.path(0)),
                    whole(json, "crop", crop.path(1)), rgb(json, "mean"), rgb(json, "std"), optional(json, "frames"),
                    optional(json, "stride"));
        } catch (IllegalArgumentException e) {
            throw json.fault("preprocessing", "sizes and colours that a picture can have", e.getMessage(), CURE);
        }
    }

    private static Resize resize(Companion json) throws WeightException {
        JsonNode sides = json.json().path("resize");
        return switch (sides.isArray() ? sides.size() : 3) {
            case 0 -> new Resize.None();
            case 1 -> new Resize.ShortSide(whole(json, "resize", sides.get(0)));
            case 2 -> new Resize.Exact(whole(json, "resize", sides.get(0)), whole(json, "resize", sides.get(1)));
            default -> throw json.fault("resize", "none, one or two sides", "something else", CURE);
        };
    }

    private static Interpolation interpolation(Companion json) throws WeightException {
        String kernel = json.json().path("interpolation").asText();
        JsonNode antialias = json.json().path("antialias");
        if (kernel.equals("bilinear") && antialias.isBoolean()) {
            return antialias.asBoolean() ? Interpolation.ANTIALIASED : Interpolation.BILINEAR;
        }
        if (kernel.equals("bicubic") && antialias.asBoolean()) {
            return Interpolation.BICUBIC;
        }
        throw json.fault("interpolation", "bilinear, or bicubic with antialias", kernel + ", antialias " + antialias, CURE);
    }

    private static int whole(Companion json, String field, JsonNode number) throws WeightException {
        if (!number.isIntegralNumber() || !number.canConvertToInt()) {
            throw json.fault(field, "whole numbers", "something else", CURE);
        }
        return number.asInt();
    }

    /** 1 where there is no such field, as in the metadata of pictures. */
    private static int optional(Companion json, String field) throws WeightException {
        return json.json().has(field) ? whole(json, field, json.json().get(field)) : 1;
    }

    private static Rgb rgb(Companion json, String field) throws WeightException {
        return json.colours("/" + field).orElseThrow(() -> json.fault(field, "three numbers", "none", CURE));
    }
}
