package lanewise.nn;

import lanewise.tensor.Shape;

/**
 * What operations other than convolutions cost, in the unit of {@link Cost}: reading and writing, more than arithmetic. The
 * pools and the classifier are fitted to ResNet-18 and -50; nothing is chosen by them.
 */
final class StepCost {
    private static final double LANES = 16;
    /** Cycles for a cache line of activations that was written a moment ago, and of weights that come from memory. */
    private static final double LINE = 2;
    private static final double LINE_OF_WEIGHTS = 14;
    /** Cycles for a vector of outputs and an element of a window of a pooling. */
    private static final double WINDOW = 7;

    /** Cycles for an element and for a map of an average: maps at the end of networks fill few vectors. */
    private static final double AVERAGE = 2;
    private static final double MAP = 60;

    private StepCost() {}

    static Cost of(Op op, Shape in) {
        double lines = in.elements() / LANES;
        return switch (op) {
            case Op.Linear linear -> {
                double weights = linear.layer().weight().elements() / LANES;
                yield new Cost(in.n() * weights / 2, 0, weights * LINE_OF_WEIGHTS);
            }
            case Op.MaxPool pool -> {
                double outputs = Shapes.pooling(pool.layer(), in).out().elements() / LANES;
                yield new Cost(outputs * pool.layer().kernel().volume() * WINDOW, 0, lines * LINE);
            }
            case Op.AvgPool pool -> {
                double outputs = Shapes.averaging(pool.layer(), in).out().elements() / LANES;
                yield new Cost(outputs * pool.layer().kernel().volume() * WINDOW, 0, lines * LINE);
            }
            case Op.Add _, Op.Gate _ -> new Cost(lines, 0, 3 * lines * LINE);
            case Op.GlobalAvgPool _ -> new Cost(in.elements() * AVERAGE + (double) in.n() * in.c() * MAP, 0, lines * LINE);
            case Op.BatchNorm _, Op.Relu _, Op.Softmax _, Op.ShortcutA _ -> new Cost(lines, 0, 2 * lines * LINE);
            case Op.Conv _ -> throw new IllegalArgumentException("a convolution has forms: see ConvCost");
        };
    }
}
