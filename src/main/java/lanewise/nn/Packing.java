package lanewise.nn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
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
import lanewise.kernel.ConvWeights;
import lanewise.kernel.GlobalAvgPool;
import lanewise.kernel.GlobalAvgPoolScalar;
import lanewise.kernel.Kernel;
import lanewise.kernel.Linear;
import lanewise.kernel.LinearScalar;
import lanewise.kernel.LinearWeights;
import lanewise.kernel.MaxPool;
import lanewise.kernel.MaxPoolScalar;
import lanewise.kernel.PoolGeometry;
import lanewise.kernel.Relu;
import lanewise.kernel.ReluScalar;
import lanewise.kernel.ShortcutA;
import lanewise.kernel.Softmax;
import lanewise.kernel.Tile;
import lanewise.kernel.WinogradWeights;
import lanewise.tensor.Shape;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;

/** Turns operations into kernels: reads weights, folds batch norm in double, packs, and picks the vector or scalar form. */
final class Packing {
    /** Tensors start on a cache line. */
    static final long LINE = 64;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final boolean vectors;

    private Packing(boolean vectors) {
        this.vectors = vectors;
    }

    /**
     * Packs all operations, several at once: reading and packing take longer than a run.
     *
     * <p>All memory is taken by the calling thread, in few large pieces: the C library keeps a pool for each thread that
     * ever asked, and gives little of it back. What is read lies in one buffer a thread, and there are no more of these
     * than hold the packed weights once.
     *
     * @param arena will own the packed weights, which lie in one piece
     */
    static List<Program.Packed> pack(Arena arena, List<Choice> choices, Options options) throws WeightException {
        long bytes = choices.stream().mapToLong(Choice::weightBytes).sum();
        long most = choices.stream().mapToLong(Choice::readBytes).max().orElse(0);
        int threads = Math.clamp(bytes / Math.max(1, most), 1, options.threads());
        MemorySegment[] places = places(arena.allocate(bytes, LINE), choices);
        Packing packing = new Packing(options.vectors());
        Program.Packed[] packed = new Program.Packed[choices.size()];
        WeightException[] faults = new WeightException[choices.size()];
        try (Arena reading = Arena.ofShared(); Workers workers = new Workers(threads)) {
            MemorySegment[] buffers = new MemorySegment[threads];
            Arrays.setAll(buffers, _ -> reading.allocate(most, LINE));
            workers.run((task, worker) -> {
                try {
                    packed[task] = packing.pack(choices.get(task), SegmentAllocator.slicingAllocator(places[task]),
                            SegmentAllocator.slicingAllocator(buffers[worker]));
                } catch (WeightException e) {
                    faults[task] = e;
                }
            }, choices.size());
        }
        for (WeightException fault : faults) {
            if (fault != null) {
                throw fault;
            }
        }
        return List.of(packed);
    }

    private static MemorySegment[] places(MemorySegment block, List<Choice> choices) {
        MemorySegment[] places = new MemorySegment[choices.size()];
        long at = 0;
        for (int i = 0; i < places.length; i++) {
            long bytes = choices.get(i).weightBytes();
            places[i] = block.asSlice(at, bytes);
            at += bytes;
        }
        return places;
    }

    private Program.Packed pack(Choice choice, SegmentAllocator place, SegmentAllocator reading) throws WeightException {
        return switch (choice.op()) {
            case Op.Conv conv -> conv(conv, choice, place, reading);
            case Op.BatchNorm norm -> batchNorm(norm.layer(), place);
            case Op.Linear linear -> linear(linear.layer(), place, reading);
            case Op.Relu _ -> (in, _) -> vectors ? new Relu(in) : new ReluScalar(in);
            case Op.Add add -> (in, _) -> vectors ? new Add(in, add.relu()) : new AddScalar(in, add.relu());
            case Op.MaxPool pool -> (in, _) -> maxPool(pool.layer(), in);
            case Op.Gate _ -> (in, _) -> vectors ? new ChannelGate(in) : new ChannelGateScalar(in);
            case Op.AvgPool pool -> (in, _) -> avgPool(pool.layer(), in);
            case Op.GlobalAvgPool _ -> (in, _) -> vectors ? new GlobalAvgPool(in) : new GlobalAvgPoolScalar(in);
            case Op.Softmax _ -> (in, _) -> new Softmax(in);
            case Op.ShortcutA cut ->
                (in, _) -> new ShortcutA(in, cut.layer().stride(), cut.layer().before(), cut.layer().behind());
        };
    }

    private Kernel maxPool(Layer.MaxPool layer, Shape in) {
        PoolGeometry geometry = Shapes.pooling(layer, in);
        return vectors ? new MaxPool(geometry) : new MaxPoolScalar(geometry);
    }

    private Kernel avgPool(Layer.AvgPool layer, Shape in) {
        AvgPoolGeometry geometry = Shapes.averaging(layer, in);
        return vectors ? new AvgPool(geometry) : new AvgPoolScalar(geometry);
    }

    private Program.Packed conv(Op.Conv op, Choice choice, SegmentAllocator place, SegmentAllocator reading)
            throws WeightException {
        Layer.Conv layer = op.layer();
        int outputs = layer.outChannels();
        int channels = layer.weight().dims().get(1);
        MemorySegment values = read(reading, layer.weight());
        MemorySegment bias = layer.bias().isPresent()
                ? read(reading, layer.bias().get()) : reading.allocate(4L * outputs, LINE).fill((byte) 0);
        if (op.norm().isPresent()) {
            fold(Factors.of(op.norm().get()), values, bias);
        }
        // Winograd's forms would spread what is not finite; the definition's weights take less room.
        ConvForm form = choice.form().winograd().isPresent() && !ConvWeights.finite(values) ? ConvForm.DIRECT : choice.form();
        int rows = ConvCost.rows(form, Shapes.geometry(layer, choice.in()), vectors);
        if (form.winograd().isPresent()) {
            return new PackedConv.Transformed(op, vectors, WinogradWeights.pack(place, values, bias, outputs, channels,
                    layer.kernel(), form.winograd().get(), rows));
        }
        ConvWeights weights = ConvWeights.pack(place, values, bias, outputs, channels, layer.kernel(), layer.groups(), rows);
        return form == ConvForm.PLANES && vectors
                ? new PackedConv.Planes(op, weights) : new PackedConv.Direct(op, vectors, weights);
    }

    /** Reads one tensor into memory that is used again for the next operation. */
    private static MemorySegment read(SegmentAllocator reading, WeightTensor tensor) throws WeightException {
        MemorySegment values = reading.allocate(4 * tensor.elements(), LINE);
        tensor.read(values);
        return values;
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

    private Program.Packed batchNorm(Layer.BatchNorm layer, SegmentAllocator place) throws WeightException {
        Factors factors = Factors.of(layer);
        ChannelScale scale = ChannelScale.of(place, factors.scale, factors.shift);
        return (in, _) -> vectors ? new BatchNorm(in, scale) : new BatchNormScalar(in, scale);
    }

    private Program.Packed linear(Layer.Linear layer, SegmentAllocator place, SegmentAllocator reading)
            throws WeightException {
        LinearWeights weights = LinearWeights.pack(place, read(reading, layer.weight()), read(reading, layer.bias()),
                layer.in(), layer.out(), Choice.linearWidth(vectors));
        return (in, _) -> vectors
                ? new Linear(in.n(), weights, Tile.preferred()) : new LinearScalar(in.n(), weights);
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
