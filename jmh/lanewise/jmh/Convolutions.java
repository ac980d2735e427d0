package lanewise.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import lanewise.kernel.ConvGeometry;
import lanewise.kernel.ConvWeights;
import lanewise.kernel.DirectConv;
import lanewise.kernel.Operands;
import lanewise.kernel.Scratch;
import lanewise.kernel.Tile;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
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

/** Single convolutions of ResNet and R(2+1)D, packing and epilogue included, one thread. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@Threads(1)
@State(Scope.Thread)
public class Convolutions {
    /** Layers, named by channels, kernel and map. */
    public enum Layer {
        POINTWISE_512_7(Shape.image(1, 512, 7, 7), 512, Dims.ONE, 1),
        STEM_3_7X7_224(Shape.image(1, 3, 224, 224), 64, Dims.spatial(7), 2),
        SPATIAL_64_56(Shape.image(1, 64, 56, 56), 64, Dims.spatial(3), 1),
        SPATIAL_128_28(Shape.image(1, 128, 28, 28), 128, Dims.spatial(3), 1),
        SPATIAL_256_14(Shape.image(1, 256, 14, 14), 256, Dims.spatial(3), 1),
        SPATIAL_512_7(Shape.image(1, 512, 7, 7), 512, Dims.spatial(3), 1),
        STRIDED_128_28(Shape.image(1, 64, 56, 56), 128, Dims.spatial(3), 2),
        POINTWISE_256_56(Shape.image(1, 256, 56, 56), 64, Dims.ONE, 1),
        TEMPORAL_144_56(new Shape(1, 144, 16, 56, 56), 64, new Dims(3, 1, 1), 1);

        private final ConvGeometry geometry;

        Layer(Shape in, int outputs, Dims kernel, int stride) {
            Dims padding = new Dims(kernel.t() / 2, kernel.h() / 2, kernel.w() / 2);
            geometry = new ConvGeometry(in, outputs, kernel, Dims.spatial(stride), padding, Dims.ONE, 1);
        }
    }

    @Param
    public Layer layer;

    private Arena arena;
    private DirectConv conv;
    private Operands operands;
    private Scratch scratch;

    @Setup
    public void pack() {
        arena = Arena.ofShared();
        ConvGeometry g = layer.geometry;
        int inputs = g.in().c();
        ConvWeights weights = ConvWeights.pack(arena, arena.allocate(4L * g.outChannels() * inputs * g.kernel().volume()),
                arena.allocate(4L * g.outChannels()), g.outChannels(), inputs, g.kernel(), 1, Tile.preferred().rows());
        conv = new DirectConv(g, weights, Tile.preferred(), true, 1);
        operands = new Operands(arena.allocate(g.in().bytes(), 64), MemorySegment.NULL,
                arena.allocate(g.out().bytes(), 64));
        scratch = new Scratch(arena, conv.scratchBytes());
    }

    @TearDown
    public void close() {
        arena.close();
    }

    @Benchmark
    public Operands run(Share share) {
        for (int task = 0; task < conv.tasks(); task++) {
            conv.run(task, operands, scratch);
        }
        share.multiplyAdds(layer.geometry.multiplyAdds());
        return operands;
    }
}
