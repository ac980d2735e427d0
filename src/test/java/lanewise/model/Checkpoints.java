package lanewise.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
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
        architecture.declare(Weights.seeded()).tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        return tensors;
    }

    static Weights weights(Architecture architecture) {
        return Weights.of(architecture.name(), tensors(architecture));
    }

    static Path write(Path file, Architecture architecture) throws WeightException {
        Safetensors.write(file, Map.of(), tensors(architecture).values());
        return file;
    }
}
