package lanewise.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import lanewise.SharedFiles;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;

/** The published key lists: names and shapes of checkpoints, here with seeded values. */
final class KeyLists {
    private KeyLists() {}

    /** The tensors of a list beside the project; ends the calling test where that is absent. */
    static Map<String, WeightTensor> tensors(String list) throws IOException {
        Path file = SharedFiles.require("notes/weights-keys/" + list + ".txt");
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split("\t");
            tensors.put(parts[0], Weights.seeded().take(parts[0], parts.length < 2 || parts[1].isBlank() ? new int[0]
                    : Arrays.stream(parts[1].split("x")).mapToInt(Integer::parseInt).toArray()));
        }
        return tensors;
    }
}
