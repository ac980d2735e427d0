package lanewise.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import lanewise.model.Model;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.WeightTensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise inspect}: what a weight file is, and what is assumed where it does not say. */
@Command(name = "inspect", sortOptions = false,
        description = "Show what a weight file holds, and everything that is assumed about it.",
        footer = {
            "",
            "Examples:",
            "  lanewise inspect motion",
            "  lanewise inspect resnet18-f37072fd.pth",
            "  lanewise inspect weights.safetensors --tensors",
            "  lanewise inspect model.safetensors.index.json --format json",
            "",
            "Any sound weight file is shown, also one whose network Lanewise does not know.",
            "Assumed is what no weight file says, each with where it comes from; --option",
            "changes it here as in the other verbs. Memory is what running takes.",
            "JSON is one object: file, format, bytes, parts (of an index), tensors (how",
            "many), types; layout, architecture, classes, parameters, input, weightBytes,",
            "sessionBytes, preprocessing, labels, assumptions (option, value, origin), or",
            "unrecognised (why); metadata; and with --tensors tensorList (name, shape, type,",
            "min and max of the finite values, nan and infinite: how many)."})
final class Inspect implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = Subject.MODEL)
    private Subject.Trained trained;

    @Option(names = "--tensors", description = "Also list all tensors with the ranges of their values.")
    private boolean tensors;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = "text (default) or json.")
    private Format format;

    @Mixin
    private EngineOptions engine;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws UserException, WeightException {
        Progress progress = new Progress(spec.commandLine().getErr());
        progress.show("reading " + trained.name());
        try (WeightFile open = trained.open()) {
            Inspected inspected = inspect(open);
            progress.clear();
            PrintWriter out = spec.commandLine().getOut();
            switch (format) {
                case TEXT -> inspected.text().forEach(out::println);
                case JSON -> out.println(inspected.json());
            }
        } finally {
            progress.clear();
        }
        return Main.OK;
    }

    private Inspected inspect(WeightFile open) throws UserException, WeightException {
        Optional<Inspected.Known> known = Optional.empty();
        String reason = "";
        try {
            known = Optional.of(network(open));
        } catch (WeightException e) {
            reason = reason(e, open);
        }
        Map<String, Optional<ValueRange>> ranges = tensors ? ranges(open) : Map.of();
        open.requireUnchanged();
        return new Inspected(trained.name(), open, known, reason, ranges);
    }

    /** Why the file is no network that Lanewise can run: its tensors, or what is said of them in another place. */
    private static String reason(WeightException e, WeightFile open) {
        String file = e.file().equals(open.path().toString()) ? "" : e.file() + ": ";
        String place = e.place().isEmpty() ? "" : e.place() + ": ";
        return "not recognised: " + file + place + "expected " + e.expected() + ", found " + e.found();
    }

    /** The model is loaded as it would be to run, so that the memory it takes is known. */
    private Inspected.Known network(WeightFile open) throws UserException, WeightException {
        try (Model model = engine.load(open)) {
            return new Inspected.Known(model.architecture(), model.labels(), model.plan(model.architecture().inputShape()),
                    model.network().parameters());
        }
    }

    private static Map<String, Optional<ValueRange>> ranges(WeightFile open) throws WeightException {
        Map<String, Optional<ValueRange>> ranges = new LinkedHashMap<>();
        for (Map.Entry<String, WeightTensor> tensor : open.tensors().entrySet()) {
            ranges.put(tensor.getKey(), ValueRange.of(tensor.getValue()));
        }
        return ranges;
    }
}
