package lanewise.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** The machine's peak of fused multiply-adds, with JMH's care around the loops of {@link lanewise.kernel.FmaPeak}. */
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
        flops.fma(lanewise.kernel.FmaPeak.multiplyAdds(12, ROUNDS));
        return lanewise.kernel.FmaPeak.chains12(ROUNDS);
    }

    @Benchmark
    @Threads(2)
    public float chains12TwoThreads(Flops flops) {
        flops.fma(lanewise.kernel.FmaPeak.multiplyAdds(12, ROUNDS));
        return lanewise.kernel.FmaPeak.chains12(ROUNDS);
    }

    @Benchmark
    @Threads(1)
    public float chains24(Flops flops) {
        flops.fma(lanewise.kernel.FmaPeak.multiplyAdds(24, ROUNDS));
        return lanewise.kernel.FmaPeak.chains24(ROUNDS);
    }

    @Benchmark
    @Threads(2)
    public float chains24TwoThreads(Flops flops) {
        flops.fma(lanewise.kernel.FmaPeak.multiplyAdds(24, ROUNDS));
        return lanewise.kernel.FmaPeak.chains24(ROUNDS);
    }
}
