package lanewise.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import lanewise.jmh.Share;
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

/**
 * The register tile alone, on packed panels as the convolution gives them: a range of weight panels, each with a block of
 * pixel panels that fits the second-level cache. The peak is measured beside it, see {@link Share}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@Threads(1)
@State(Scope.Thread)
public class MicroKernel {
    private static final int WEIGHT_PANELS = 8;
    private static final long BLOCK_BYTES = 256 << 10;

    /** Products in each sum: input channels times kernel taps. */
    @Param({"64", "256", "576", "1152", "2304", "4608"})
    public int depth;

    private final Tile tile = Tile.preferred();
    private Arena arena;
    private MemorySegment[] weights;
    private MemorySegment[] pixels;
    private MemorySegment sums;

    @Setup
    public void pack() {
        arena = Arena.ofShared();
        long panelBytes = 4L * depth * Tile.pixels();
        pixels = new MemorySegment[(int) Math.max(1, BLOCK_BYTES / panelBytes)];
        Arrays.setAll(pixels, p -> ones(panelBytes));
        sums = arena.allocate(Tile.MOST_BYTES, 64);
        weights = new MemorySegment[WEIGHT_PANELS];
        Arrays.setAll(weights, w -> ones(4L * depth * tile.rows()));
    }

    private MemorySegment ones(long bytes) {
        MemorySegment segment = arena.allocate(bytes, 64);
        for (long i = 0; i < bytes; i += 4) {
            segment.set(Floats.FLOAT, i, 1f);
        }
        return segment;
    }

    @TearDown
    public void close() {
        arena.close();
    }

    @Benchmark
    public MemorySegment multiply(Share share) {
        for (MemorySegment rows : weights) {
            for (MemorySegment columns : pixels) {
                tile.multiply(rows, columns, depth, sums);
            }
        }
        share.multiplyAdds((long) WEIGHT_PANELS * pixels.length * tile.rows() * Tile.pixels() * depth);
        return sums;
    }
}
