package lanewise.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import lanewise.nn.Candidate;
import lanewise.nn.Cost;
import lanewise.nn.Explanation;
import lanewise.tensor.Shape;

/** How a network would run, as {@code describe --plan} shows it. */
record PlanText(String name, Explanation plan) {
    List<String> text() {
        Table table = Table.aligned("lllllrrrl")
                .row("layer", "input", "output", "form", "panels", "MB", "share", "Mcycles", "others");
        for (Explanation.Step step : plan.steps()) {
            table.row(step.path().isEmpty() ? "-" : step.path(), shape(step.in()), shape(step.out()), step.form(), panels(step),
                    format("%.2f", step.weightBytes() / 1e6), format("%.1f %%", 100 * step.cost().cycles() / plan.cycles()),
                    format("%.2f", step.cost().cycles() / 1e6), step.candidates().stream().skip(1)
                            .map(one -> format("%s %.1f", one.form().label(), one.cost().cycles() / 1e6))
                            .collect(Collectors.joining(", ")));
        }
        table.row("total", "", "", "", "", format("%.2f", plan.weightBytes() / 1e6), "100.0 %",
                format("%.2f", plan.cycles() / 1e6), "");
        List<String> lines = new ArrayList<>(List.of(Main.oneLine(name), "input " + plan.input(), ""));
        table.lines().forEach(line -> lines.add(line.stripTrailing()));
        return lines;
    }

    /** Without the batch, which stands above. */
    private static String shape(Shape shape) {
        return shape.toString().replaceFirst("^\\d+x", "");
    }

    private static String panels(Explanation.Step step) {
        Explanation.Panels panels = step.panels();
        return panels.weights() == 0 ? "" : panels.weights() + "x" + panels.pixels()
                + (panels.elements() == 1 ? "" : "x" + panels.elements());
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    ObjectNode json() {
        ObjectNode json = Json.object().put("name", name).put("input", plan.input().toString());
        ArrayNode steps = json.putArray("steps");
        for (Explanation.Step step : plan.steps()) {
            ObjectNode node = steps.addObject().put("path", step.path()).put("form", step.form())
                    .put("input", step.in().toString()).put("output", step.out().toString());
            step.fused().forEach(node.putArray("fused")::add);
            node.putObject("panels").put("weights", step.panels().weights()).put("pixels", step.panels().pixels())
                    .put("elements", step.panels().elements());
            put(node, step.cost(), step.weightBytes()).put("share", step.cost().cycles() / plan.cycles());
            ArrayNode candidates = node.putArray("candidates");
            for (Candidate candidate : step.candidates()) {
                put(candidates.addObject().put("form", candidate.form().label()), candidate.cost(), candidate.weightBytes());
            }
        }
        return json.put("cycles", plan.cycles()).put("weightBytes", plan.weightBytes());
    }

    private static ObjectNode put(ObjectNode node, Cost cost, long weightBytes) {
        return node.put("cycles", cost.cycles()).put("arithmetic", cost.arithmetic()).put("transforms", cost.transforms())
                .put("memory", cost.memory()).put("weightBytes", weightBytes);
    }
}
