package lanewise.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import lanewise.model.Model;
import lanewise.nn.Plan;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lanewise run}: from a tensor file to a tensor file. */
@Command(name = "run", sortOptions = false,
        description = "Run a network on a raw tensor and write its output.",
        footer = {
            "",
            "Examples:",
            "  lanewise run --model resnet18.safetensors --input x.npy --output logits.npy",
            "  lanewise run --model r3d_18.pth --input in.safetensors --tensor clip \\",
            "      --output logits.safetensors",
            "",
            "The input is N C H W or N C T H W, resized and normalised already. The output",
            "is N C: logits, or features where the model has no classifier; a safetensors",
            "file names it output. Printed are both shapes, the time of the network alone",
            "(with Java's compilation of the kernels) and the kind of kernels."})
final class Run implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "MODEL", description = Subject.MODEL)
    private Subject.Trained trained;

    @Option(names = "--input", required = true, paramLabel = "X",
            description = "Tensor file: .npy or .safetensors. Picture nets run a fifth axis T frame by frame.")
    private Path input;

    @Option(names = "--tensor", paramLabel = "NAME", description = "Tensor of a .safetensors input (default: the first).")
    private String tensor;

    @Option(names = "--output", required = true, paramLabel = "Y", description = "File to write: .npy or .safetensors.")
    private Path output;

    @Mixin
    private EngineOptions engine;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws UserException, WeightException {
        TensorFile source = TensorFile.of(input);
        TensorFile target = TensorFile.of(output);
        target.requireWritable();
        if (trained instanceof Subject.Stored(Path file)) {
            target.requireOtherThan(file, "the model");
        }
        target.requireOtherThan(input, "the input");
        Progress progress = new Progress(spec.commandLine().getErr());
        progress.show("reading " + input + " and " + trained.name());
        try (Arena arena = Arena.ofShared()) {
            Tensor in = source.read(arena, Optional.ofNullable(tensor));
            try (Model model = engine.load(trained)) {
                Plan plan = model.plan(in.shape());
                progress.show("running " + model.architecture().name() + " on " + in.shape());
                long begin = System.nanoTime();
                Tensor out = model.run(arena, in);
                long nanoseconds = System.nanoTime() - begin;
                target.write(out);
                progress.clear();
                spec.commandLine().getOut().printf(Locale.ROOT, "%s -> %s  %.1f ms  %s kernels%n",
                        in.shape(), out.shape(), nanoseconds / 1e6, EngineOptions.kernels(plan));
            }
        } finally {
            progress.clear();
        }
        return Main.OK;
    }
}
