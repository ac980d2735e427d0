package lanewise.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lanewise.model.Architecture;
import lanewise.model.Architectures;
import lanewise.model.Model;
import lanewise.nn.Options;
import lanewise.nn.Plan;
import lanewise.weights.DType;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** From a safetensors file in the page cache to a plan: opening, reading, folding batch norm, packing. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 10)
@Fork(3)
@Threads(1)
@State(Scope.Benchmark)
public class Loading {
    @Param({"cifar_resnet20", "resnet50"})
    public String network;

    @Param({"F32", "F16"})
    public DType type;

    @Param({"1", "2"})
    public int threads;

    private Path file;

    @Setup
    public void write() throws IOException, WeightException {
        file = Files.createTempFile("lanewise", ".safetensors");
        Architecture architecture = Architectures.named(network).orElseThrow();
        Safetensors.write(file, Map.of(), architecture.declare(Weights.seeded()).tensors().toList(),
                tensor -> tensor.dims().size() > 1 ? type : DType.F32);
    }

    @TearDown
    public void delete() throws IOException {
        Files.delete(file);
    }

    /** The first iteration of a fork is what a new process sees, the later ones a server that loads again. */
    @Benchmark
    public Plan load() throws WeightException {
        try (Model model = Model.load(file, Options.standard().withThreads(threads), Map.of())) {
            return model.plan(model.architecture().inputShape());
        }
    }
}
