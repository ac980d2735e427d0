package lanewise.nn;

import java.util.ArrayList;
import java.util.List;
import lanewise.kernel.ChannelScale;
import lanewise.kernel.LinearWeights;
import lanewise.kernel.Tile;
import lanewise.tensor.Shape;
import lanewise.weights.WeightTensor;

/**
 * How an operation is to run, decided before any weight is read.
 *
 * @param in shape of the inputs that it is to be fast for; inputs of other shapes give the same bits
 * @param candidates the forms of a convolution, the one to take first; empty for other operations
 * @param cost what it is expected to take
 * @param weightBytes packed weights
 */
record Choice(Op op, Shape in, List<Candidate> candidates, Cost cost, long weightBytes) {
    static List<Choice> all(Graph graph, Shape[] shapes, Options options) {
        List<Choice> choices = new ArrayList<>();
        graph.ops().forEach(op -> choices.add(of(op, shapes[op.input()], options)));
        return choices;
    }

    private static Choice of(Op op, Shape in, Options options) {
        if (op instanceof Op.Conv conv) {
            List<Candidate> candidates = ConvCost.candidates(Shapes.geometry(conv.layer(), in), options);
            return new Choice(op, in, candidates, candidates.getFirst().cost(), candidates.getFirst().weightBytes());
        }
        return new Choice(op, in, List.of(), StepCost.of(op, in), weightBytes(op, options));
    }

    private static long weightBytes(Op op, Options options) {
        return switch (op) {
            case Op.BatchNorm norm -> ChannelScale.bytes(norm.layer().channels());
            case Op.Linear linear -> LinearWeights.bytes(linear.layer().in(), linear.layer().out(), linearWidth(options.vectors()));
            case Op.Conv _, Op.Relu _, Op.Add _, Op.Gate _, Op.MaxPool _, Op.AvgPool _, Op.GlobalAvgPool _, Op.Softmax _,
                    Op.ShortcutA _ -> 0;
        };
    }

    /** Outputs of a panel of a linear layer's weights. */
    static int linearWidth(boolean vectors) {
        return vectors ? Tile.pixels() : ConvCost.SCALAR_ROWS;
    }

    /** The form of a convolution. */
    ConvForm form() {
        return candidates.getFirst().form();
    }

    /** Bytes of the tensors that packing reads into native memory, each on cache lines of its own. */
    long readBytes() {
        return switch (op) {
            case Op.Conv conv -> readBytes(conv.layer().weight()) + lines(conv.layer().outChannels());
            case Op.Linear linear -> readBytes(linear.layer().weight()) + readBytes(linear.layer().bias());
            case Op.BatchNorm _, Op.Relu _, Op.Add _, Op.Gate _, Op.MaxPool _, Op.AvgPool _, Op.GlobalAvgPool _, Op.Softmax _,
                    Op.ShortcutA _ -> 0;
        };
    }

    private static long readBytes(WeightTensor tensor) {
        return lines(tensor.elements());
    }

    private static long lines(long floats) {
        return Math.ceilDiv(4 * floats, Packing.LINE) * Packing.LINE;
    }
}
