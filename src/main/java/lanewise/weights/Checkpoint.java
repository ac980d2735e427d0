package lanewise.weights;

import java.util.Collections;
import java.util.Map;

/** What a file holds: tensors by name, in file order, and what its writer noted beside them. */
record Checkpoint(WeightFile.Format format, Map<String, WeightTensor> tensors, Map<String, String> metadata) {
    Checkpoint {
        tensors = Collections.unmodifiableMap(tensors);
        metadata = Collections.unmodifiableMap(metadata);
    }
}
