package lanewise.nn;

import java.util.List;
import java.util.stream.Stream;
import lanewise.weights.WeightTensor;

/**
 * A declared network: a name and its layers. It says what is computed; a {@link Plan} says how. Immutable.
 *
 * @param name the architecture, as {@code resnet18}
 * @param inChannels channels of the input, 3 for RGB
 * @param root the layers
 */
public record Network(String name, int inChannels, Layer root) {
    /** Trained numbers: weights and biases, without the running statistics of batch norm. */
    public long parameters() {
        return parameters(root);
    }

    static long parameters(Layer layer) {
        return switch (layer) {
            case Layer.Conv conv -> conv.weight().elements() + (conv.bias().isPresent() ? conv.outChannels() : 0);
            case Layer.BatchNorm norm -> 2L * norm.channels();
            case Layer.Linear linear -> linear.weight().elements() + linear.out();
            case Layer.Sequential sequential -> sequential.layers().stream().mapToLong(Network::parameters).sum();
            case Layer.Residual residual -> parameters(residual.body()) + parameters(residual.shortcut());
            case Layer.Gated gated -> parameters(gated.gate());
            case Layer.Relu _, Layer.MaxPool _, Layer.AvgPool _, Layer.GlobalAvgPool _, Layer.Softmax _, Layer.ShortcutA _ -> 0;
        };
    }

    /** The tensors of all layers, in order. */
    public Stream<WeightTensor> tensors() {
        return tensors(root);
    }

    private static Stream<WeightTensor> tensors(Layer layer) {
        return switch (layer) {
            case Layer.Conv conv -> Stream.concat(Stream.of(conv.weight()), conv.bias().stream());
            case Layer.BatchNorm norm -> Stream.of(norm.weight(), norm.bias(), norm.mean(), norm.variance());
            case Layer.Linear linear -> Stream.of(linear.weight(), linear.bias());
            case Layer.Sequential sequential -> sequential.layers().stream().flatMap(Network::tensors);
            case Layer.Residual residual -> Stream.concat(tensors(residual.body()), tensors(residual.shortcut()));
            case Layer.Gated gated -> tensors(gated.gate());
            case Layer.Relu _, Layer.MaxPool _, Layer.AvgPool _, Layer.GlobalAvgPool _, Layer.Softmax _, Layer.ShortcutA _ ->
                Stream.empty();
        };
    }

    /** The parts a reader sees first: the layers of the outermost sequence. */
    public List<Layer> stages() {
        return root instanceof Layer.Sequential sequential ? sequential.layers() : List.of(root);
    }

    /** The paths of all layers that have one, in order: what {@link Options#keep} accepts. */
    public List<String> paths() {
        return paths(root).filter(path -> !path.isEmpty()).toList();
    }

    private static Stream<String> paths(Layer layer) {
        Stream<String> inner = switch (layer) {
            case Layer.Sequential sequential -> sequential.layers().stream().flatMap(Network::paths);
            case Layer.Residual residual -> Stream.concat(paths(residual.body()), paths(residual.shortcut()));
            case Layer.Gated gated -> paths(gated.gate());
            case Layer.Conv _, Layer.BatchNorm _, Layer.Linear _, Layer.Relu _, Layer.MaxPool _, Layer.AvgPool _,
                    Layer.GlobalAvgPool _, Layer.Softmax _, Layer.ShortcutA _ -> Stream.empty();
        };
        return Stream.concat(inner, Stream.of(layer.path()));
    }
}
