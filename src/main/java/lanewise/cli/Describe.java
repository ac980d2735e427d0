package lanewise.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import lanewise.nn.Explanation;
import lanewise.nn.Options;
import lanewise.nn.Summary;
import lanewise.tensor.Shape;
import lanewise.weights.WeightException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise describe}: what a network costs, stage by stage; two side by side. */
@Command(name = "describe", sortOptions = false,
        description = "Show the stages of a network, or of two side by side.",
        footer = {
            "",
            "Examples:",
            "  lanewise describe resnet50",
            "  lanewise describe resnet18 r2plus1d_18",
            "  lanewise describe weights.safetensors --shape 8x3x320x320",
            "  lanewise describe resnet50 --option replaceStrideWithDilation=false,true,true",
            "",
            "The stem is all before the first residual block, the head all behind the last.",
            "Multiply-adds are those of the direct algorithm. No weight is read.",
            "Architectures: cifar_resnet20, 32, 44, 56, 110; chenyaofo_resnet20, 32, 44,",
            "56; kuangliu_resnet18, 34, 50, 101, 152; resnet18, 34, 50, 101, 152;",
            "resnext50_32x4d, resnext101_32x8d, resnext101_64x4d; wide_resnet50_2,",
            "wide_resnet101_2; resnet10t, 26t, 18d, 50d, 101d, 50c, 50e, 50s; seresnet50;",
            "r2plus1d_18, r3d_18, mc3_18; vmz_r2plus1d_18, 34, 152; r2plus1dnet_18, 34;",
            "kensho_r2plus1d_18, 34, 50; mmaction2_r2plus1d_34;",
            "pytorchvideo_r2plus1d_50.",
            "JSON is one object a line for each network: name, input, stages (name,",
            "output, parameters, multiplyAdds), parameters, multiplyAdds; with --plan: name,",
            "input, steps (path, form, input, output, fused, panels, cycles, arithmetic,",
            "transforms, memory, weightBytes, share, candidates), cycles, weightBytes."})
final class Describe implements Callable<Integer> {
    private static final String BETWEEN = "  |  ";

    @Parameters(index = "0", paramLabel = "A", description = Subject.NET)
    private String first;

    @Parameters(index = "1", arity = "0..1", paramLabel = "B", description = "Another one, to compare.")
    private String second;

    @Option(names = "--shape", paramLabel = "SHAPE",
            description = "Input, as 1x3x224x224 or 1x3x16x112x112 (default: the net's own). "
                    + "Picture nets run a fifth axis T frame by frame.")
    private Shape shape;

    @Option(names = "--plan", description = {
        "Show how each operation would run: the form of convolutions, what the cost model expects of it",
        "and of the others, in millions of cycles of one core that does two fused multiply-adds on 16 floats a",
        "cycle, and packed weights. Panels are of weights by pixels (by elements of a tile)."})
    private boolean plan;

    @Option(names = "--option", paramLabel = "NAME=VALUE", description = {
        "Set what no weight file tells, for each net named; repeatable.",
        "All nets have epsilon; an unknown one is answered by those that the net has.",
        "With --plan also algorithm and memory, as lanewise bench --help explains them."})
    private List<Setting> settings = List.of();

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = "text (default) or json.")
    private Format format;

    @Spec
    private CommandSpec spec;

    /** A network as it is shown. */
    private record Described(String name, Summary summary) {}

    @Override
    public Integer call() throws UserException, WeightException {
        if (plan) {
            plans();
            return Main.OK;
        }
        List<Described> described = new ArrayList<>();
        described.add(describe(first));
        if (second != null) {
            described.add(describe(second));
        }
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case TEXT -> text(described).forEach(out::println);
            case JSON -> described.forEach(one -> out.println(json(one)));
        }
        return Main.OK;
    }

    private void plans() throws UserException, WeightException {
        EngineSettings engine = EngineSettings.of(settings);
        PrintWriter out = spec.commandLine().getOut();
        for (String word : second == null ? List.of(first) : List.of(first, second)) {
            Subject.Declared net = Subject.of(word).declare(engine.ofArchitecture());
            PlanText text = new PlanText(title(net, word), Explanation.of(net.network(), input(net),
                    engine.applied(Options.standard())));
            switch (format) {
                case TEXT -> text.text().forEach(out::println);
                case JSON -> out.println(text.json());
            }
        }
    }

    private static String title(Subject.Declared net, String word) {
        String name = net.architecture().name();
        return name.equals(word) ? name : word + " (" + name + ")";
    }

    private Shape input(Subject.Declared net) {
        return shape == null ? net.architecture().inputShape() : shape;
    }

    private Described describe(String word) throws UserException, WeightException {
        Subject.Declared net = Subject.of(word).declare(Setting.byName(settings));
        return new Described(title(net, word), Summary.of(net.network(), input(net)));
    }

    private static List<String> text(List<Described> described) {
        int rows = described.stream().mapToInt(one -> one.summary.stages().size()).max().orElseThrow();
        List<List<String>> columns = described.stream().map(one -> table(one, rows)).toList();
        List<String> lines = new ArrayList<>(columns.getFirst());
        for (List<String> right : columns.subList(1, columns.size())) {
            lines.replaceAll(line -> line + BETWEEN);
            for (int i = 0; i < lines.size(); i++) {
                lines.set(i, lines.get(i) + right.get(i));
            }
        }
        return lines.stream().map(String::stripTrailing).toList();
    }

    /** Lines of one width; empty rows before the head where another network has more stages. */
    private static List<String> table(Described described, int rows) {
        Summary summary = described.summary;
        Table table = Table.aligned("llrr").row("stage", "output", "parameters", "multiply-adds");
        for (Summary.Stage stage : summary.stages().subList(0, summary.stages().size() - 1)) {
            row(table, stage);
        }
        for (int i = summary.stages().size(); i < rows; i++) {
            table.row("", "", "", "");
        }
        row(table, summary.stages().getLast());
        table.row("total", "", grouped(summary.parameters()), grouped(summary.multiplyAdds()));
        List<String> lines = new ArrayList<>(List.of(Main.oneLine(described.name), "input " + summary.input(), ""));
        lines.addAll(table.lines());
        int width = lines.stream().mapToInt(String::length).max().orElseThrow();
        lines.replaceAll(line -> line + " ".repeat(width - line.length()));
        return lines;
    }

    private static void row(Table table, Summary.Stage stage) {
        table.row(stage.name(), stage.out().toString(), grouped(stage.parameters()), grouped(stage.multiplyAdds()));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static ObjectNode json(Described described) {
        Summary summary = described.summary;
        ObjectNode json = Json.object().put("name", described.name).put("input", summary.input().toString());
        ArrayNode stages = json.putArray("stages");
        for (Summary.Stage stage : summary.stages()) {
            stages.addObject()
                    .put("name", stage.name())
                    .put("output", stage.out().toString())
                    .put("parameters", stage.parameters())
                    .put("multiplyAdds", stage.multiplyAdds());
        }
        return json.put("parameters", summary.parameters()).put("multiplyAdds", summary.multiplyAdds());
    }
}
