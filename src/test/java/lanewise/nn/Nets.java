package lanewise.nn;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;

/** Small networks for tests, with seeded weights. */
final class Nets {
    static final Weights WEIGHTS = Weights.seeded();

    private Nets() {}

    static Network net(int channels, Layer... layers) {
        return new Network("small", channels, Layers.seq(layers));
    }

    /** A 3×3 convolution that keeps the map. */
    static Layer conv(String path, int in, int out) {
        return Layers.conv2d(WEIGHTS.at(path), in, out, 3, 1, 1, 1, 1);
    }

    static Layer norm(String path, int channels) {
        return Layers.batchNorm(WEIGHTS.at(path), channels, 1e-5);
    }

    static Layer linear(String path, int in, int out) {
        return Layers.linear(WEIGHTS.at(path), in, out);
    }

    /** One layer of each kind that has a vector form; wants 3 channels. */
    static Network everyKind() {
        return net(3,
                conv("conv1", 3, 8), norm("bn1", 8), Layers.relu(),
                Layers.maxPool("maxpool", Dims.spatial(3), Dims.spatial(2), new Dims(0, 1, 1)),
                norm("bn2", 8), Layers.relu(),
                Layers.residual(Layers.identity(), Layers.identity()),
                Layers.globalAvgPool(), linear("fc", 8, 5));
    }

    static float[] run(Network network, Shape shape, float[] input, Options options) throws WeightException {
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(options.threads());
                Session session = Plan.of(arena, network, shape, options).session(workers)) {
            return session.run(Tensor.of(arena, shape, input)).toArray();
        }
    }

    static float[] gaussian(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** A change of every value of a tensor; {@code name} is the tensor's full name. */
    interface Change {
        float apply(String name, float value);
    }

    /** The same network with other numbers in its tensors. */
    static Network with(Network network, Change change) {
        return new Network(network.name(), network.inChannels(), with(network.root(), tensor -> {
            try {
                float[] values = tensor.toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] = change.apply(tensor.name(), values[i]);
                }
                return WeightTensor.of(tensor.name(), values, tensor.dims().stream().mapToInt(Integer::intValue).toArray());
            } catch (WeightException e) {
                throw new AssertionError(e);
            }
        }));
    }

    private static Layer with(Layer layer, UnaryOperator<WeightTensor> change) {
        return switch (layer) {
            case Layer.Conv conv -> new Layer.Conv(conv.path(), change.apply(conv.weight()), conv.bias().map(change),
                    conv.kernel(), conv.stride(), conv.padding(), conv.dilation(), conv.groups());
            case Layer.BatchNorm norm -> new Layer.BatchNorm(norm.path(), change.apply(norm.weight()),
                    change.apply(norm.bias()), change.apply(norm.mean()), change.apply(norm.variance()), norm.epsilon());
            case Layer.Linear linear -> new Layer.Linear(linear.path(), change.apply(linear.weight()),
                    change.apply(linear.bias()));
            case Layer.Sequential sequential -> new Layer.Sequential(sequential.path(), with(sequential.layers(), change));
            case Layer.Residual residual -> new Layer.Residual(residual.path(), with(residual.body(), change),
                    with(residual.shortcut(), change));
            case Layer.Gated gated -> new Layer.Gated(gated.path(), with(gated.gate(), change));
            case Layer.Relu _, Layer.MaxPool _, Layer.AvgPool _, Layer.GlobalAvgPool _, Layer.Softmax _, Layer.ShortcutA _ ->
                layer;
        };
    }

    private static List<Layer> with(List<Layer> layers, UnaryOperator<WeightTensor> change) {
        return layers.stream().map(layer -> with(layer, change)).toList();
    }
}
