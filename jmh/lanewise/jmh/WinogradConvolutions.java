package lanewise.jmh;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import lanewise.kernel.Operands;
import lanewise.kernel.Winograd;
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

/** The same convolutions by a form of Winograd's, where there is one; shares are by the direct algorithm's count. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@Threads(1)
@State(Scope.Thread)
public class WinogradConvolutions {
    @Param({"SPATIAL_512_7", "SPATIAL_64_56", "SPATIAL_128_28", "SPATIAL_256_14", "TEMPORAL_144_56"})
    public BoundConv.Layer layer;

    private BoundConv conv;

    @Setup
    public void pack() {
        conv = new BoundConv(layer, Optional.of(layer == BoundConv.Layer.TEMPORAL_144_56 ? Winograd.TIME4 : Winograd.SPACE4));
    }

    @TearDown
    public void close() {
        conv.close();
    }

    @Benchmark
    public Operands run(Share share) {
        return conv.run(share);
    }
}
