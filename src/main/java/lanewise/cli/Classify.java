package lanewise.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import lanewise.media.Media;
import lanewise.media.MediaException;
import lanewise.model.Model;
import lanewise.model.Prediction;
import lanewise.model.Preprocessing;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise classify}: the most probable classes of pictures and clips. */
@Command(name = "classify", sortOptions = false,
        description = "Tell what pictures or clips show.",
        footer = {
            "",
            "Examples:",
            "  lanewise classify --model motion holiday.mp4",
            "  lanewise classify --model resnet50.pth --top 1 --format json *.jpg",
            "  lanewise classify --model mine.pth --labels mine.txt cat.jpg",
            "",
            "Classes have names where the weights or a file beside them give some, where",
            "--labels does, and where a network of torchvision's has 1000 or 400 classes:",
            "ImageNet's, Kinetics'.",
            "JSON is one object a line for each input: input, model, architecture, kernels",
            "(vector or scalar), predictions (index, label where classes have names,",
            "probability from 0 to 1, logit) and milliseconds (of the network alone; the",
            "first input takes longer, because Java compiles the kernels meanwhile).",
            "An input that cannot be read is reported and the others go on; the exit code",
            "is then 2."})
final class Classify implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "MODEL", description = Subject.MODEL)
    private Subject.Trained trained;

    @Option(names = "--labels", paramLabel = "FILE", description = "Names of the classes, one a line, in the model's order "
            + "(default: the model's own).")
    private Path labelFile;

    @Option(names = "--top", paramLabel = "K", defaultValue = "5", description = "How many classes (default: 5).")
    private int top;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = "text (default) or json.")
    private Format format;

    @Mixin
    private PreprocessingOptions changes;

    @Mixin
    private EngineOptions engine;

    @Parameters(arity = "1..*", paramLabel = "INPUT",
            description = "A picture, or for clip models a folder of numbered frames, an animated GIF or a video.")
    private List<Path> inputs;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws UserException, WeightException {
        if (top < 1) {
            throw new UserException("--top: at least 1 class, not " + top);
        }
        Optional<Labels> given = labelFile == null ? Optional.empty() : Optional.of(Labels.read(labelFile));
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = new Progress(err);
        progress.show("loading " + trained.name());
        try (Model model = engine.load(trained)) {
            int classes = model.architecture().classes();
            if (classes == 0) {
                throw new UserException(trained.name() + ": a model without a classifier, which ends with features;"
                        + " use lanewise run to get them");
            }
            if (given.isPresent()) {
                given.get().requireCount(classes, trained.name());
            }
            List<String> labels = given.map(Labels::names).orElse(model.labels());
            Preprocessing preprocessing = changes.over(model.preprocessing(), model.architecture().name());
            String kernels = EngineOptions.kernels(model.plan(preprocessing.inputShape(1)));
            int code = Main.OK;
            for (Path input : inputs) {
                progress.show("classifying " + input);
                try {
                    Answer answer = answer(model, input, preprocessing);
                    progress.clear();
                    out.print(switch (format) {
                        case TEXT -> text(answer, labels);
                        case JSON -> json(answer, labels, model.architecture().name(), kernels) + "\n";
                    });
                    out.flush();
                } catch (MediaException e) {
                    progress.clear();
                    code = Main.report(err, e);
                }
            }
            return code;
        } finally {
            progress.clear();
        }
    }

    /** What the model says about one input. */
    private record Answer(Path input, List<Prediction> predictions, long nanoseconds) {}

    private Answer answer(Model model, Path input, Preprocessing preprocessing) throws MediaException {
        try (Arena arena = Arena.ofShared()) {
            Tensor tensor = Media.load(arena, input, preprocessing);
            long begin = System.nanoTime();
            List<Prediction> predictions = model.classify(tensor, top);
            return new Answer(input, predictions, System.nanoTime() - begin);
        }
    }

    private static String text(Answer answer, List<String> labels) {
        Table table = Table.aligned("rrl");
        int rank = 1;
        for (Prediction prediction : answer.predictions) {
            table.row("  " + rank++, String.format(Locale.ROOT, "%.2f %%", 100 * prediction.probability()),
                    labels.isEmpty() ? "class " + prediction.index() : labels.get(prediction.index()));
        }
        StringBuilder text = new StringBuilder(Main.oneLine(answer.input.toString())).append('\n');
        table.lines().forEach(line -> text.append(line.stripTrailing()).append('\n'));
        return text.toString();
    }

    private ObjectNode json(Answer answer, List<String> labels, String architecture, String kernels) {
        ObjectNode json = Json.object()
                .put("input", answer.input.toString())
                .put("model", trained.name())
                .put("architecture", architecture)
                .put("kernels", kernels);
        ArrayNode predictions = json.putArray("predictions");
        for (Prediction prediction : answer.predictions) {
            ObjectNode one = predictions.addObject().put("index", prediction.index());
            if (!labels.isEmpty()) {
                one.put("label", labels.get(prediction.index()));
            }
            one.put("probability", prediction.probability()).put("logit", prediction.logit());
        }
        return json.put("milliseconds", Json.milliseconds(answer.nanoseconds));
    }
}
