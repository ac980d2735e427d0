package lanewise.cli;

import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import lanewise.kernel.FmaPeak;
import lanewise.model.Model;
import lanewise.nn.Options;
import lanewise.nn.Plan;
import lanewise.nn.Session;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise bench}: how fast a network runs here, and how much of the machine that uses. */
@Command(name = "bench", sortOptions = false,
        description = "Measure how fast a network runs on this machine.",
        footer = {
            "",
            "Examples:",
            "  lanewise bench resnet50 --threads 1",
            "  lanewise bench r2plus1d_18 --shape 1x3x16x112x112 --seconds 20 --profile",
            "  lanewise bench weights.safetensors --format json",
            "",
            "A bare architecture runs with generated weights. Half of the time goes to",
            "warming up. GFLOP/s count two operations for each multiply-add of the direct",
            "algorithm. The peak is what the multiply-add units give on as many threads,",
            "the mean of before and after; it is not measured with --scalar.",
            "JSON is one object: network, architecture, input, threads, kernels, runs,",
            "milliseconds (median, minimum, maximum), multiplyAdds, gflops, peakGflops",
            "(before, after), share, weightBytes, sessionBytes, peakResidentBytes (where",
            "the system tells), and with --profile steps (path, algorithm, kernels, output,",
            "milliseconds, gflops)."})
final class Bench implements Callable<Integer> {
    private static final int MOST_SECONDS = 3600;
    private static final int LEAST_RUNS = 3;
    private static final int PROFILES = 5;

    @Parameters(paramLabel = "NET", description = Subject.NET)
    private String net;

    @Option(names = "--shape", paramLabel = "SHAPE",
            description = "Input, as 1x3x224x224 or 1x3x16x112x112 (default: the net's own). "
                    + "Picture nets run a fifth axis T frame by frame.")
    private Shape shape;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "10",
            description = "Time to run the network (default: 10).")
    private double seconds;

    @Option(names = "--profile", description = "Also show each step of the network, the slowest first.")
    private boolean profile;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = "text (default) or json.")
    private Format format;

    @Mixin
    private EngineOptions engine;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws UserException, WeightException {
        if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
            throw new UserException("--seconds: more than 0 and at most " + MOST_SECONDS + ", not " + seconds);
        }
        Progress progress = new Progress(spec.commandLine().getErr());
        progress.show("loading " + net);
        try (Model model = engine.load(Subject.of(net)); Arena arena = Arena.ofShared()) {
            Plan plan = model.plan(shape == null ? model.architecture().inputShape() : shape);
            BenchResult result = measure(model, plan, input(arena, plan.input()), progress);
            progress.clear();
            PrintWriter out = spec.commandLine().getOut();
            switch (format) {
                case TEXT -> result.text().forEach(out::println);
                case JSON -> out.println(result.json());
            }
        } finally {
            progress.clear();
        }
        return Main.OK;
    }

    private BenchResult measure(Model model, Plan plan, Tensor input, Progress progress) throws UserException {
        Options options = engine.options();
        OptionalDouble before;
        long[] runs;
        List<BenchResult.StepTime> steps = List.of();
        try (Session session = model.session(plan.input())) {
            progress.show("warming up for " + seconds / 2 + " s");
            times(() -> session.run(input), seconds / 2);
            before = peak(options, progress);
            progress.show("measuring for " + seconds / 2 + " s");
            runs = times(() -> session.run(input), seconds / 2);
            if (profile) {
                progress.show("measuring each step");
                steps = steps(session, input);
            }
        }
        OptionalDouble after = peak(options, progress);
        return new BenchResult(net, model.architecture().name(), plan, options.threads(), runs, before, after,
                ProcessMemory.peakBytes(), steps);
    }

    /** GFLOP/s that the machine gives at most; none for the plain kernels, which are not meant to come near. */
    private static OptionalDouble peak(Options options, Progress progress) {
        if (!options.vectors()) {
            return OptionalDouble.empty();
        }
        progress.show("measuring the peak");
        return OptionalDouble.of(FmaPeak.measure(options.threads()));
    }

    /** Nanoseconds of each run, ascending. */
    private static long[] times(Runnable run, double seconds) {
        List<Long> times = new ArrayList<>();
        long begin = System.nanoTime();
        for (long now = begin; times.size() < LEAST_RUNS || now - begin < seconds * 1e9;) {
            long start = System.nanoTime();
            run.run();
            now = System.nanoTime();
            times.add(now - start);
        }
        return times.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    /** The median time of each step, the slowest first. */
    private static List<BenchResult.StepTime> steps(Session session, Tensor input) {
        long[][] profiles = IntStream.range(0, PROFILES).mapToObj(_ -> session.profile(input)).toArray(long[][]::new);
        List<Plan.Step> steps = session.plan().steps();
        return IntStream.range(0, steps.size())
                .mapToObj(i -> new BenchResult.StepTime(steps.get(i),
                        BenchResult.median(Arrays.stream(profiles).mapToLong(one -> one[i]).sorted().toArray())))
                .sorted(Comparator.comparingLong(BenchResult.StepTime::nanoseconds).reversed())
                .toList();
    }

    private static Tensor input(Arena arena, Shape shape) throws WeightException {
        Tensor tensor = Tensor.allocate(arena, shape);
        Weights.seeded().take("input", shape.n(), shape.c(), shape.t(), shape.h(), shape.w()).read(tensor.data());
        return tensor;
    }
}
