package lanewise.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lanewise.nn.Layer;
import lanewise.nn.Network;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;

/** Checkpoints of seeded values, made from what an architecture declares. */
final class Checkpoints {
    private Checkpoints() {}

    /** The tensors of a network by name, in order. */
    static Map<String, WeightTensor> tensors(Architecture architecture) {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        Network network = architecture.declare(Weights.seeded());
        tensors(network.root()).forEach(tensor -> tensors.put(tensor.name(), tensor));
        return tensors;
    }

    static Weights weights(Architecture architecture) {
        return Weights.of(architecture.name(), tensors(architecture));
    }

    static Path write(Path file, Architecture architecture) throws WeightException {
        Safetensors.write(file, Map.of(), tensors(architecture).values());
        return file;
    }

    private static List<WeightTensor> tensors(Layer layer) {
        List<WeightTensor> tensors = new ArrayList<>();
        switch (layer) {
            case Layer.Conv conv -> {
                tensors.add(conv.weight());
                conv.bias().ifPresent(tensors::add);
            }
            case Layer.BatchNorm norm -> tensors.addAll(List.of(norm.weight(), norm.bias(), norm.mean(), norm.variance()));
            case Layer.Linear linear -> tensors.addAll(List.of(linear.weight(), linear.bias()));
            case Layer.Sequential sequential -> sequential.layers().forEach(inner -> tensors.addAll(tensors(inner)));
            case Layer.Residual residual -> {
                tensors.addAll(tensors(residual.body()));
                tensors.addAll(tensors(residual.shortcut()));
            }
            case Layer.Relu _, Layer.MaxPool _, Layer.GlobalAvgPool _, Layer.Softmax _, Layer.ShortcutA _ -> { }
        }
        return tensors;
    }
}
