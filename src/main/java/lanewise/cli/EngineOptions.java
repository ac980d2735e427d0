package lanewise.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lanewise.kernel.VectorPath;
import lanewise.model.Model;
import lanewise.nn.Algorithm;
import lanewise.nn.Options;
import lanewise.nn.Plan;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import picocli.CommandLine.Option;

/** What all verbs that run a network share: how it is loaded and how it runs. */
final class EngineOptions {
    private static final String ALGORITHM = "algorithm";

    @Option(names = "--threads", paramLabel = "N", description = "Threads that share the work (default: all processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--option", paramLabel = "NAME=VALUE", description = {
        "Set what no weight file tells; repeatable.",
        "All nets have epsilon; those of torchvision's resnet.py also replaceStrideWithDilation, as false,true,true.",
        "algorithm is auto, direct, winograd2 or winograd4: how convolutions are computed (default: auto)."})
    private List<Setting> settings = List.of();

    @Option(names = "--scalar", description = "Use the plain kernels that define the results. Slow.")
    private boolean scalar;

    @Option(names = "--unfused", description = "Run batch norm, ReLU and sums as steps of their own.")
    private boolean unfused;

    /** @throws UserException if there are too few or too many threads, or vectors do not run in this JVM */
    Options options() throws UserException {
        Options options;
        try {
            options = Options.standard().withThreads(threads);
        } catch (IllegalArgumentException e) {
            throw new UserException("--threads: " + e.getMessage(), e);
        }
        options = options.withAlgorithm(algorithm());
        if (scalar) {
            options = options.scalar();
        } else {
            requireVectors();
        }
        return unfused ? options.unfused() : options;
    }

    private Algorithm algorithm() throws UserException {
        String name = Setting.byName(settings).getOrDefault(ALGORITHM, "auto");
        return Arrays.stream(Algorithm.values()).filter(one -> one.name().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new UserException(
                        "--option: no algorithm '" + name + "'; it is auto, direct, winograd2 or winograd4"));
    }

    private static void requireVectors() throws UserException {
        try {
            VectorPath.require();
        } catch (IllegalStateException e) {
            throw new UserException(e.getMessage() + " with --scalar", e);
        }
    }

    /** Loads weights, or generates them for a bare architecture. */
    Model load(Subject subject) throws UserException, WeightException {
        Options options = options();
        Map<String, String> chosen = ofArchitecture();
        switch (subject) {
            case Subject.Published published -> {
                return Model.seeded(Setting.configured(published.architecture(), chosen), options);
            }
            case Subject.Trained trained -> {
                try (WeightFile file = trained.open()) {
                    return Setting.applied(chosen, () -> Model.load(file, options, chosen));
                }
            }
        }
    }

    private Map<String, String> ofArchitecture() {
        Map<String, String> others = Setting.byName(settings);
        others.remove(ALGORITHM);
        return others;
    }

    /** The kernels that do the arithmetic of a plan, as answers name them. */
    static String kernels(Plan plan) {
        return plan.vectors() ? "vector" : "scalar";
    }
}
