package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import lanewise.kernel.FmaPeak.Chains;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** {@link lanewise.kernel.FmaPeak}, with JMH's care: what the machine can do at most. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class FmaPeak {
    private static final int ROUNDS = 10_000;

    @Benchmark
    @Threads(1)
    public float chains12(Flops flops) {
        return run(Chains.TWELVE, flops);
    }

    @Benchmark
    @Threads(2)
    public float chains12TwoThreads(Flops flops) {
        return run(Chains.TWELVE, flops);
    }

    @Benchmark
    @Threads(1)
    public float chains24(Flops flops) {
        return run(Chains.TWENTY_FOUR, flops);
    }

    @Benchmark
    @Threads(2)
    public float chains24TwoThreads(Flops flops) {
        return run(Chains.TWENTY_FOUR, flops);
    }

    private static float run(Chains chains, Flops flops) {
        flops.fma(chains.multiplyAdds(ROUNDS));
        return chains.run(ROUNDS);
    }
}
