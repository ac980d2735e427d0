package lanewise.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import lanewise.tensor.Shape;

/**
 * What a network costs, stage by stage, for inputs of one shape: from declared shapes alone, without reading a weight.
 *
 * @param stages the stem (all before the first residual block), the stages of blocks, and the head (all behind them)
 */
public record Summary(Shape input, List<Stage> stages) {
    /**
     * @param name the path of the stage, or {@code stem} or {@code head}
     * @param out shape of its output
     * @param parameters trained numbers in it
     * @param multiplyAdds by the direct algorithm's count
     */
    public record Stage(String name, Shape out, long parameters, long multiplyAdds) {}

    public Summary {
        stages = List.copyOf(stages);
    }

    /** @throws ShapeException if the network cannot take that shape, naming the layer */
    public static Summary of(Network network, Shape input) {
        List<Layer> layers = network.stages();
        int[] residual = IntStream.range(0, layers.size()).filter(i -> hasResidual(layers.get(i))).toArray();
        int first = residual.length == 0 ? layers.size() : residual[0];
        int behind = residual.length == 0 ? layers.size() : residual[residual.length - 1] + 1;
        List<Layer> parts = new ArrayList<>(List.of(new Layer.Sequential("stem", layers.subList(0, first))));
        parts.addAll(layers.subList(first, behind));
        parts.add(new Layer.Sequential("head", layers.subList(behind, layers.size())));

        List<Stage> stages = new ArrayList<>();
        Shape shape = input;
        int channels = network.inChannels();
        for (Layer part : parts) {
            Stage stage = stage(new Network(network.name(), channels, part), shape);
            stages.add(stage);
            shape = stage.out;
            channels = shape.c();
        }
        return new Summary(input, stages);
    }

    private static Stage stage(Network part, Shape in) {
        Graph graph = Graph.of(part);
        Shape[] shapes = Shapes.infer(graph, part, in);
        long multiplyAdds = graph.ops().stream().mapToLong(op -> Shapes.multiplyAdds(op, shapes[op.input()])).sum();
        return new Stage(part.root().path(), shapes[graph.output()], part.parameters(), multiplyAdds);
    }

    private static boolean hasResidual(Layer layer) {
        return switch (layer) {
            case Layer.Residual _ -> true;
            case Layer.Sequential sequential -> sequential.layers().stream().anyMatch(Summary::hasResidual);
            case Layer.Conv _, Layer.BatchNorm _, Layer.Linear _, Layer.Relu _, Layer.MaxPool _, Layer.AvgPool _,
                    Layer.GlobalAvgPool _, Layer.Softmax _, Layer.ShortcutA _, Layer.Gated _ -> false;
        };
    }

    /** Trained numbers of the whole network. */
    public long parameters() {
        return stages.stream().mapToLong(Stage::parameters).sum();
    }

    /** Multiply-adds of one run by the direct algorithm's count. */
    public long multiplyAdds() {
        return stages.stream().mapToLong(Stage::multiplyAdds).sum();
    }
}
