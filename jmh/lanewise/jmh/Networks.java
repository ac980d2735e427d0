package lanewise.jmh;

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import lanewise.model.Architecture;
import lanewise.model.Architectures;
import lanewise.model.Model;
import lanewise.nn.Options;
import lanewise.nn.Session;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
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

/** Whole networks with generated weights, one picture or clip at a time, warm. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 4)
@Fork(1)
@Threads(1)
@State(Scope.Benchmark)
public class Networks {
    @Param({"cifar_resnet20", "resnet18", "resnet50", "resnext50_32x4d", "r2plus1d_18"})
    public String network;

    /** Threads that share each run; {@code percentOfPeak} is always of one thread's peak. */
    @Param({"1", "2"})
    public int threads;

    private final Arena arena = Arena.ofShared();
    private Model model;
    private Session session;
    private Tensor input;

    @Setup
    public void load() throws WeightException {
        Architecture architecture = Architectures.named(network).orElseThrow();
        model = Model.seeded(architecture, Options.standard().withThreads(threads));
        session = model.session(architecture.inputShape());
        input = Tensor.allocate(arena, architecture.inputShape());
    }

    @TearDown
    public void close() {
        session.close();
        model.close();
        arena.close();
    }

    @Benchmark
    public Tensor run(Share share) {
        share.multiplyAdds(session.plan().multiplyAdds());
        return session.run(input);
    }
}
