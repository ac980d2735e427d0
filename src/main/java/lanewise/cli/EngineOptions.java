package lanewise.cli;

import java.util.List;
import java.util.Map;
import lanewise.kernel.VectorPath;
import lanewise.model.Model;
import lanewise.nn.Options;
import lanewise.nn.Plan;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import picocli.CommandLine.Option;

/** What all verbs that run a network share: how it is loaded and how it runs. */
final class EngineOptions {
    @Option(names = "--threads", paramLabel = "N", description = "Threads that share the work (default: all processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--option", paramLabel = "NAME=VALUE", description = {
        "Set what no weight file tells; repeatable.",
        "All nets have epsilon; others, such as replaceStrideWithDilation=false,true,true or maxPool=none, belong to some layouts.",
        "An unknown one is answered by those that the net has.",
        "algorithm is auto, direct, winograd2 or winograd4: how convolutions are computed (default: auto).",
        "memory is fast or small: small takes no large weights for speed (default: fast)."})
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
        options = EngineSettings.of(settings).applied(options);
        if (scalar) {
            options = options.scalar();
        } else {
            requireVectors();
        }
        return unfused ? options.unfused() : options;
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
        switch (subject) {
            case Subject.Published published -> {
                Map<String, String> ofArchitecture = EngineSettings.of(settings).ofArchitecture();
                return Model.seeded(Setting.configured(published.architecture(), ofArchitecture), options);
            }
            case Subject.Trained trained -> {
                try (WeightFile file = trained.open()) {
                    return load(file, options);
                }
            }
        }
    }

    /** Loads the network of an open file. */
    Model load(WeightFile file) throws UserException, WeightException {
        return load(file, options());
    }

    private Model load(WeightFile file, Options options) throws UserException, WeightException {
        try {
            return Model.load(file, options, EngineSettings.of(settings).ofArchitecture());
        } catch (IllegalArgumentException e) {
            // Without options, an illegal argument is none of the user's.
            if (settings.isEmpty()) {
                throw e;
            }
            throw Setting.refused(e);
        }
    }

    /** The kernels that do the arithmetic of a plan, as answers name them. */
    static String kernels(Plan plan) {
        return plan.vectors() ? "vector" : "scalar";
    }
}
