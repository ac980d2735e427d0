package lanewise.peers;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.Npy;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The peer benchmark: Lanewise, ONNX Runtime and PyTorch in turns, and what of the goals that meets. */
@Command(name = "peers", sortOptions = false, mixinStandardHelpOptions = true, subcommands = Layers.class,
        description = "Compare Lanewise with ONNX Runtime and PyTorch; see peers/README.md.")
final class Peers implements Callable<Integer> {
    /** Contests whose first answer has a goal. */
    private static final List<String> FIRST = List.of("resnet18", "r2plus1d_18");

    @Option(names = "--models", paramLabel = "DIR", defaultValue = "target/peers",
            description = "Where weights/export.py --engines has put the networks (default: target/peers).")
    private Path models;

    @Option(names = "--networks", paramLabel = "NET", split = ",",
            description = "Such as resnet18,resnet50:8, where 8 is the batch (default: all that have a goal).")
    private List<String> networks = Contest.ALL.stream().map(Contest::name).toList();

    @Option(names = "--threads", paramLabel = "N", split = ",", defaultValue = "1,2", description = "Default: 1,2.")
    private List<Integer> threads;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "30",
            description = "Turns of each engine; 0 leaves the warm times out (default: 30).")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "5",
            description = "Each engine's time to warm up (default: 5).")
    private double seconds;

    @Option(names = "--starts", paramLabel = "N", defaultValue = "7",
            description = "Processes per engine for first answers; 0 leaves them out (default: 7).")
    private int starts;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write everything to this file.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException, WeightException {
        PrintWriter out = spec.commandLine().getOut();
        if (!Files.isDirectory(models)) {
            throw new IOException(models + ": no such directory; weights/export.py --engines fills one, see peers/README.md");
        }
        List<Contest> contests = networks.stream().map(Contest::named).toList();
        Machine machine = Machine.here();
        out.println(machine);
        List<Outcome> outcomes = new ArrayList<>();
        List<FirstAnswer> answers = new ArrayList<>();
        for (Contest contest : contests) {
            Path input = input(contest.input());
            for (int count : threads) {
                if (rounds > 0) {
                    outcomes.add(new Rounds(rounds, seconds).run(contest, count, models, input));
                    out.println();
                    Report.details(outcomes.getLast()).forEach(out::println);
                }
                if (starts > 0 && FIRST.contains(contest.name())) {
                    answers.add(FirstAnswer.measure(contest, count, starts, models, input));
                }
            }
        }
        if (!outcomes.isEmpty()) {
            out.println();
            outcomes.stream().flatMap(outcome -> outcome.standings().stream()).map(Outcome.Standing::version).distinct()
                    .forEach(out::println);
            Report.goals(outcomes).forEach(out::println);
        }
        if (!answers.isEmpty()) {
            out.println();
            Report.firstAnswers(answers).forEach(out::println);
        }
        if (json != null) {
            Files.writeString(json, Report.json(machine, outcomes, answers).toPrettyString() + "\n");
        }
        return 0;
    }

    private Path input(Shape shape) throws WeightException {
        Path file = models.resolve("input-" + shape + ".npy");
        try (Arena arena = Arena.ofShared()) {
            Npy.write(file, input(arena, shape));
        }
        return file;
    }

    /** The generated input that the tests of whole networks use. */
    static Tensor input(Arena arena, Shape shape) throws WeightException {
        Tensor tensor = Tensor.allocate(arena, shape);
        Weights.seeded().take("input", shape.n(), shape.c(), shape.t(), shape.h(), shape.w()).read(tensor.data());
        return tensor;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Peers()).setExecutionExceptionHandler((exception, commandLine, _) -> {
            if (exception instanceof IOException || exception instanceof WeightException
                    || exception instanceof IllegalArgumentException) {
                commandLine.getErr().println("peers: " + exception.getMessage());
                return 1;
            }
            throw exception;
        }).execute(arguments));
    }
}
