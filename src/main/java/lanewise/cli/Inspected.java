package lanewise.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lanewise.model.Architecture;
import lanewise.model.Assumption;
import lanewise.model.Preprocessing;
import lanewise.model.PreprocessingJson;
import lanewise.model.Resize;
import lanewise.model.Rgb;
import lanewise.nn.Plan;
import lanewise.weights.DType;
import lanewise.weights.WeightFile;

/**
 * What {@code lanewise inspect} found out about a weight file.
 *
 * @param name as the user wrote it
 * @param file open
 * @param network the network it holds, if it is one that Lanewise knows
 * @param reason why it is none, else empty
 * @param ranges of each tensor's values, by name, or none if they were not asked for
 */
record Inspected(String name, WeightFile file, Optional<Known> network, String reason,
        Map<String, Optional<ValueRange>> ranges) {
    private static final String PREPROCESSING = "preprocessing";
    private static final int LONGEST_NOTE = 60;

    /**
     * A network that Lanewise knows.
     *
     * @param plan for its usual input
     * @param parameters trained numbers
     */
    record Known(Architecture architecture, List<String> labels, Plan plan, long parameters) {}

    /** Elements by type. */
    private Map<DType, Integer> types() {
        Map<DType, Integer> types = new TreeMap<>();
        file.tensors().values().forEach(tensor -> types.merge(tensor.dtype(), 1, Integer::sum));
        return types;
    }

    List<String> text() {
        Table table = Table.aligned("ll");
        table.row("format", format() + (file.parts().size() > 1 ? " in " + file.parts().size() + " files" : "") + ", "
                + megabytes(file.size()));
        table.row("tensors", types().isEmpty() ? "none" : types().entrySet().stream()
                .map(type -> type.getValue() + " " + type.getKey()).collect(Collectors.joining(", ")));
        network.ifPresentOrElse(known -> network(known, table), () -> table.row("network", Main.oneLine(reason)));
        String heading = "metadata";
        for (Map.Entry<String, String> note : file.metadata().entrySet()) {
            table.row(heading, shortened(note.getKey()) + " = " + shortened(note.getValue()));
            heading = "";
        }
        List<String> lines = new ArrayList<>();
        lines.add(Main.oneLine(name));
        table.lines().forEach(line -> lines.add("  " + line.stripTrailing()));
        if (!ranges.isEmpty()) {
            lines.add("");
            tensors().lines().forEach(line -> lines.add("  " + line.stripTrailing()));
        }
        return lines;
    }

    private static void network(Known known, Table table) {
        Architecture architecture = known.architecture;
        table.row("layout", architecture.layout().title());
        table.row("architecture", architecture.name() + ", " + (architecture.classes() == 0 ? "features without a classifier"
                : architecture.classes() + " classes") + String.format(Locale.ROOT, ", %,d parameters", known.parameters));
        table.row("input", known.plan.input().toString());
        table.row("memory", megabytes(known.plan.weightBytes()) + " packed weights, " + megabytes(known.plan.sessionBytes())
                + " for each session");
        table.row("labels", known.labels.isEmpty() ? "none" : known.labels.size() + ", the first is "
                + shortened(known.labels.getFirst()));
        String heading = "assumed";
        for (Assumption each : architecture.assumptions()) {
            if (each.option().equals(PREPROCESSING)) {
                table.row(heading, PREPROCESSING + " (" + each.origin() + "):");
                words(architecture.preprocessing()).forEach(words -> table.row("", "  " + words));
            } else {
                table.row(heading, each.option() + " = " + each.value() + " (" + each.origin() + ")");
            }
            heading = "";
        }
    }

    private static List<String> words(Preprocessing way) {
        String resize = switch (way.resize()) {
            case Resize.ShortSide side -> "shorter side " + side.pixels() + ", ";
            case Resize.Exact exact -> "resize " + exact.height() + "x" + exact.width() + ", ";
            case Resize.None _ -> "";
        };
        String frames = way.isClip() ? ", " + way.frames() + " frames by " + way.stride() : "";
        String interpolation = way.interpolation().name().toLowerCase(Locale.ROOT);
        return List.of(resize + interpolation + ", crop " + way.height() + "x" + way.width() + frames,
                "mean " + words(way.mean()) + ", std " + words(way.std()));
    }

    private static String words(Rgb colours) {
        return colours.r() + "," + colours.g() + "," + colours.b();
    }

    /** Cells that are empty hold nothing that could be said: no finite value, or a type without conversion. */
    private Table tensors() {
        Table table = Table.aligned("llrrrrr").row("tensor", "shape", "type", "min", "max", "NaN", "infinite");
        file.tensors().forEach((name, tensor) -> {
            Optional<ValueRange> range = ranges.get(name);
            Optional<ValueRange> finite = range.filter(ValueRange::finite);
            table.row(Main.oneLine(name), shape(tensor.dims()), tensor.dtype().name(),
                    finite.map(known -> number(known.least())).orElse(""), finite.map(known -> number(known.most())).orElse(""),
                    range.map(known -> Long.toString(known.nan())).orElse(""),
                    range.map(known -> Long.toString(known.infinite())).orElse(""));
        });
        return table;
    }

    ObjectNode json() {
        ObjectNode json = Json.object().put("file", name).put("format", format()).put("bytes", file.size());
        if (file.parts().size() > 1) {
            ArrayNode parts = json.putArray("parts");
            file.parts().forEach(part -> parts.add(part.toString()));
        }
        ObjectNode types = json.put("tensors", file.tensors().size()).putObject("types");
        types().forEach((type, count) -> types.put(type.name(), count));
        network.ifPresentOrElse(known -> network(known, json), () -> json.put("unrecognised", reason));
        ObjectNode metadata = json.putObject("metadata");
        file.metadata().forEach(metadata::put);
        if (!ranges.isEmpty()) {
            ArrayNode list = json.putArray("tensorList");
            file.tensors().forEach((name, tensor) -> {
                ObjectNode one = list.addObject().put("name", name);
                ArrayNode dims = one.putArray("shape");
                tensor.dims().forEach(dims::add);
                one.put("type", tensor.dtype().name());
                ranges.get(name).ifPresent(range -> {
                    if (range.finite()) {
                        one.put("min", range.least()).put("max", range.most());
                    }
                    one.put("nan", range.nan()).put("infinite", range.infinite());
                });
            });
        }
        return json;
    }

    private static void network(Known known, ObjectNode json) {
        Architecture architecture = known.architecture;
        json.put("layout", architecture.layout().title()).put("architecture", architecture.name())
                .put("classes", architecture.classes()).put("parameters", known.parameters)
                .put("input", known.plan.input().toString()).put("weightBytes", known.plan.weightBytes())
                .put("sessionBytes", known.plan.sessionBytes());
        json.putRawValue("preprocessing", new RawValue(PreprocessingJson.of(architecture.preprocessing())));
        ArrayNode labels = json.putArray("labels");
        known.labels.forEach(labels::add);
        ArrayNode assumptions = json.putArray("assumptions");
        for (Assumption each : architecture.assumptions()) {
            assumptions.addObject().put("option", each.option()).put("value", each.value()).put("origin", each.origin());
        }
    }

    private String format() {
        return switch (file.format()) {
            case SAFETENSORS -> "safetensors";
            case PYTORCH_ZIP -> "PyTorch (zip)";
            case PYTORCH_LEGACY -> "PyTorch (legacy)";
        };
    }

    private static String shape(List<Integer> dims) {
        return dims.isEmpty() ? "scalar" : dims.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }

    private static String number(float value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    private static String shortened(String note) {
        String line = Main.oneLine(note);
        return line.length() <= LONGEST_NOTE ? line : line.substring(0, LONGEST_NOTE) + "...";
    }
}
