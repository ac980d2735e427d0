package lanewise.jmh;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import lanewise.kernel.Operands;
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

/** Single convolutions by the direct algorithm, packing and epilogue included, one thread. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@Threads(1)
@State(Scope.Thread)
public class Convolutions {
    @Param
    public BoundConv.Layer layer;

    private BoundConv conv;

    @Setup
    public void pack() {
        conv = new BoundConv(layer, Optional.empty());
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
