package lanewise.nn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.function.BiFunction;
import lanewise.kernel.Add;
import lanewise.kernel.AddScalar;
import lanewise.kernel.AvgPool;
import lanewise.kernel.AvgPoolGeometry;
import lanewise.kernel.AvgPoolScalar;
import lanewise.kernel.BatchNorm;
import lanewise.kernel.BatchNormScalar;
import lanewise.kernel.ChannelGate;
import lanewise.kernel.ChannelGateScalar;
import lanewise.kernel.ChannelScale;
import lanewise.kernel.ConvGeometry;
import lanewise.kernel.ConvWeights;
import lanewise.kernel.GlobalAvgPool;
import lanewise.kernel.GlobalAvgPoolScalar;
import lanewise.kernel.Kernel;
import lanewise.kernel.Linear;
import lanewise.kernel.LinearScalar;
import lanewise.kernel.LinearWeights;
import lanewise.kernel.MaxPool;
import lanewise.kernel.MaxPoolScalar;
import lanewise.kernel.PlaneConv;
import lanewise.kernel.PoolGeometry;
import lanewise.kernel.Relu;
import lanewise.kernel.ReluScalar;
import lanewise.kernel.ShortcutA;
import lanewise.kernel.Softmax;
import lanewise.kernel.Tile;
import lanewise.kernel.Winograd;
import lanewise.kernel.WinogradWeights;
import lanewise.tensor.Shape;
import lanewise.weights.WeightException;

/** Turns operations into kernels: reads weights, folds batch norm in double, packs, and picks the vector or scalar form. */
final class Packing {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    /** Panel sizes of the scalar kernels, which care about none. */
    private static final int SCALAR_ROWS = 1;

    private final Arena arena;
    private final Options options;
    private final boolean vectors;

    Packing(Arena arena, Options options) {
        this.arena = arena;
        this.options = options;
        vectors = options.vectors();
    }

    /** @param usual the shape of the inputs that this is to be fast for; inputs of other shapes give the same bits */
    Program.Packed pack(Op op, Shape usual) throws WeightException {
        return switch (op) {
            case Op.Conv conv -> conv(conv, usual);
            case Op.BatchNorm norm -> batchNorm(norm.layer());
            case Op.Linear linear -> linear(linear.layer());
            case Op.Relu _ -> packed(0, (in, _) -> vectors ? new Relu(in) : new ReluScalar(in));
            case Op.Add add -> packed(0, (in, _) -> vectors ? new Add(in, add.relu()) : new AddScalar(in, add.relu()));
            case Op.MaxPool pool -> packed(0, (in, _) -> maxPool(pool.layer(), in));
            case Op.Gate _ -> packed(0, (in, _) -> vectors ? new ChannelGate(in) : new ChannelGateScalar(in));
            case Op.AvgPool pool -> packed(0, (in, _) -> avgPool(pool.layer(), in));
            case Op.GlobalAvgPool _ ->
                packed(0, (in, _) -> vectors ? new GlobalAvgPool(in) : new GlobalAvgPoolScalar(in));
            case Op.Softmax _ -> packed(0, (in, _) -> new Softmax(in));
            case Op.ShortcutA cut -> packed(0,
                    (in, _) -> new ShortcutA(in, cut.layer().stride(), cut.layer().before(), cut.layer().behind()));
        };
    }

    private static Program.Packed packed(long bytes, BiFunction<Shape, Integer, Kernel> kernel) {
        return new Program.Packed() {
            @Override
            public Kernel kernel(Shape in, int threads) {
                return kernel.apply(in, threads);
            }

            @Override
            public long bytes() {
                return bytes;
            }
        };
    }

    private Kernel maxPool(Layer.MaxPool layer, Shape in) {
        PoolGeometry geometry = new PoolGeometry(in, layer.kernel(), layer.stride(), layer.padding());
        return vectors ? new MaxPool(geometry) : new MaxPoolScalar(geometry);
    }

    private Kernel avgPool(Layer.AvgPool layer, Shape in) {
        AvgPoolGeometry geometry = new AvgPoolGeometry(in, layer.kernel(), layer.stride(), layer.ceil());
        return vectors ? new AvgPool(geometry) : new AvgPoolScalar(geometry);
    }

    private Program.Packed conv(Op.Conv op, Shape usual) throws WeightException {
        Layer.Conv layer = op.layer();
        int outputs = layer.outChannels();
        int channels = layer.weight().dims().get(1);
        int rows = vectors ? Tile.preferred().rows() : SCALAR_ROWS;
        try (Arena reading = Arena.ofShared()) {
            MemorySegment values = Program.read(reading, layer.weight());
            MemorySegment bias = layer.bias().isPresent()
                    ? Program.read(reading, layer.bias().get()) : reading.allocate(4L * outputs, 4);
            if (op.norm().isPresent()) {
                fold(Factors.of(op.norm().get()), values, bias);
            }
            ConvGeometry geometry = Shapes.geometry(layer, usual);
            Optional<Winograd> form = ConvCost.form(geometry, options.algorithm());
            if (form.isPresent() && ConvWeights.finite(values)) {
                return new PackedConv.Transformed(op, vectors, WinogradWeights.pack(arena, values, bias, outputs, channels,
                        layer.kernel(), form.get(), rows));
            }
            boolean planes = vectors && PlaneCost.planes(geometry);
            ConvWeights weights = ConvWeights.pack(arena, values, bias, outputs, channels, layer.kernel(), layer.groups(),
                    planes ? PlaneConv.rows(geometry) : rows);
            return planes ? new PackedConv.Planes(op, weights) : new PackedConv.Direct(op, vectors, weights);
        }
    }

    /** {@code w' = w * scale}, {@code bias' = bias * scale + shift}, each rounded once. */
    private static void fold(Factors norm, MemorySegment weights, MemorySegment bias) {
        int outputs = norm.scale.length;
        float[] channel = new float[(int) (weights.byteSize() / 4 / Math.max(1, outputs))];
        for (int o = 0; o < outputs; o++) {
            long at = 4L * o * channel.length;
            MemorySegment.copy(weights, FLOAT, at, channel, 0, channel.length);
            scale(channel, norm.scale[o]);
            MemorySegment.copy(channel, 0, weights, FLOAT, at, channel.length);
            bias.setAtIndex(FLOAT, o, (float) (bias.getAtIndex(FLOAT, o) * norm.scale[o] + norm.shift[o]));
        }
    }

    private static void scale(float[] values, double factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * factor);
        }
    }

    private Program.Packed batchNorm(Layer.BatchNorm layer) throws WeightException {
        Factors factors = Factors.of(layer);
        ChannelScale scale = ChannelScale.of(arena, factors.scale, factors.shift);
        return packed(8L * layer.channels(), (in, _) -> vectors ? new BatchNorm(in, scale) : new BatchNormScalar(in, scale));
    }

    private Program.Packed linear(Layer.Linear layer) throws WeightException {
        LinearWeights weights;
        try (Arena reading = Arena.ofShared()) {
            weights = LinearWeights.pack(arena, Program.read(reading, layer.weight()), Program.read(reading, layer.bias()),
                    layer.in(), layer.out(), vectors ? Tile.pixels() : SCALAR_ROWS);
        }
        return packed(weights.bytes(), (in, _) -> vectors
                ? new Linear(in.n(), weights, Tile.preferred()) : new LinearScalar(in.n(), weights));
    }

    /** Batch norm as {@code x * scale + shift}, in double. */
    private record Factors(double[] scale, double[] shift) {
        static Factors of(Layer.BatchNorm layer) throws WeightException {
            float[] weight = layer.weight().toArray();
            float[] bias = layer.bias().toArray();
            float[] mean = layer.mean().toArray();
            float[] variance = layer.variance().toArray();
            double[] scale = new double[weight.length];
            double[] shift = new double[weight.length];
            for (int c = 0; c < weight.length; c++) {
                scale[c] = weight[c] / Math.sqrt(variance[c] + layer.epsilon());
                shift[c] = bias[c] - mean[c] * scale[c];
            }
            return new Factors(scale, shift);
        }
    }
}
