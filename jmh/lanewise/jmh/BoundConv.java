package lanewise.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import lanewise.kernel.ConvGeometry;
import lanewise.kernel.ConvWeights;
import lanewise.kernel.DirectConv;
import lanewise.kernel.Kernel;
import lanewise.kernel.Operands;
import lanewise.kernel.Scratch;
import lanewise.kernel.Tile;
import lanewise.kernel.Winograd;
import lanewise.kernel.WinogradConv;
import lanewise.kernel.WinogradWeights;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/** One convolution of a known network with memory to run in. */
public final class BoundConv implements AutoCloseable {
    /** Layers, named by channels and map: of ResNet-18 and -50, and of R(2+1)D-18. */
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

    private final Arena arena = Arena.ofShared();
    private final ConvGeometry geometry;
    private final Kernel kernel;
    private final Operands operands;
    private final Scratch scratch;

    BoundConv(Layer layer, Optional<Winograd> form) {
        geometry = layer.geometry;
        int inputs = geometry.in().c();
        int outputs = geometry.outChannels();
        Tile tile = Tile.preferred();
        MemorySegment weights = arena.allocate(4L * outputs * geometry.depth());
        MemorySegment bias = arena.allocate(4L * outputs);
        if (form.isPresent()) {
            kernel = new WinogradConv(geometry, WinogradWeights.pack(arena, weights, bias, outputs, inputs, geometry.kernel(),
                    form.get(), tile.rows()), tile, true, 1);
        } else {
            kernel = new DirectConv(geometry, ConvWeights.pack(arena, weights, bias, outputs, inputs, geometry.kernel(), 1,
                    tile.rows()), tile, true, 1);
        }
        operands = new Operands(arena.allocate(geometry.in().bytes(), 64), MemorySegment.NULL,
                arena.allocate(geometry.out().bytes(), 64));
        scratch = new Scratch(arena, kernel.scratchBytes());
    }

    /** Runs all tasks, and counts the multiply-adds of the direct algorithm whichever runs. */
    Operands run(Share share) {
        for (int task = 0; task < kernel.tasks(); task++) {
            kernel.run(task, operands, scratch);
        }
        share.multiplyAdds(geometry.multiplyAdds());
        return operands;
    }

    @Override
    public void close() {
        arena.close();
    }
}
