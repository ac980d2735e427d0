package lanewise.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import lanewise.tensor.Shape;

/**
 * How a network would run and what that is expected to take, operation by operation, without reading a weight: the figures
 * by which {@link Program} chooses.
 *
 * @param input shape of the inputs that it is to be fast for
 */
public record Explanation(Shape input, List<Step> steps) {
    /**
     * One operation.
     *
     * @param path the layer that it comes from; empty for layers without a name
     * @param fused what runs with it: {@code bn}, {@code add}, {@code relu}
     * @param form how a convolution runs, else the kind of operation
     * @param panels what the register tile multiplies: weight panels by pixel panels, and elements of a Winograd form's tile;
     *        zeros for operations that have no panels
     * @param cost of the chosen form
     * @param weightBytes of the chosen form
     * @param candidates all forms that were considered, the chosen one first; empty for operations with one form
     */
    public record Step(String path, List<String> fused, String form, Shape in, Shape out, Panels panels, Cost cost,
            long weightBytes, List<Candidate> candidates) {}

    /**
     * Panels of one operation.
     *
     * @param weights panels of output channels, over all groups
     * @param pixels panels of output pixels or of tiles
     * @param elements products of a tile for each input channel; 1 without a tile
     */
    public record Panels(int weights, int pixels, int elements) {
        static final Panels NONE = new Panels(0, 0, 0);
    }

    public Explanation {
        steps = List.copyOf(steps);
    }

    /** @throws ShapeException if the network cannot take that shape, naming the layer */
    public static Explanation of(Network network, Shape input, Options options) {
        Graph plain = Graph.of(network);
        Graph graph = options.fused() ? Fusion.fuse(plain, Set.of()) : plain;
        Shape[] shapes = Shapes.infer(graph, network, input);
        List<Step> steps = new ArrayList<>();
        for (Choice choice : Choice.all(graph, shapes, options)) {
            steps.add(new Step(choice.op().layer().path(), fused(choice.op()), form(choice), choice.in(),
                    shapes[choice.op().value()], panels(choice, options), choice.cost(), choice.weightBytes(),
                    choice.candidates()));
        }
        return new Explanation(input, steps);
    }

    private static List<String> fused(Op op) {
        List<String> fused = new ArrayList<>();
        if (op instanceof Op.Conv conv) {
            conv.norm().ifPresent(_ -> fused.add("bn"));
            conv.other().ifPresent(_ -> fused.add("add"));
            if (conv.relu()) {
                fused.add("relu");
            }
        } else if (op instanceof Op.Add add && add.relu()) {
            fused.add("relu");
        }
        return fused;
    }

    private static String form(Choice choice) {
        return switch (choice.op()) {
            case Op.Conv _ -> choice.form().label();
            case Op.BatchNorm _ -> "batch norm";
            case Op.Relu _ -> "relu";
            case Op.Add _ -> "add";
            case Op.Gate _ -> "gate";
            case Op.MaxPool _ -> "max pool";
            case Op.AvgPool _ -> "window average";
            case Op.GlobalAvgPool _ -> "average pool";
            case Op.Linear _ -> "linear";
            case Op.Softmax _ -> "softmax";
            case Op.ShortcutA _ -> "short-cut";
        };
    }

    private static Panels panels(Choice choice, Options options) {
        return choice.op() instanceof Op.Conv conv
                ? ConvCost.panels(choice.form(), Shapes.geometry(conv.layer(), choice.in()), options.vectors()) : Panels.NONE;
    }

    /** Cycles of all steps: see {@link Cost}. */
    public double cycles() {
        return steps.stream().mapToDouble(step -> step.cost.cycles()).sum();
    }

    /** Bytes of all packed weights. */
    public long weightBytes() {
        return steps.stream().mapToLong(Step::weightBytes).sum();
    }
}
