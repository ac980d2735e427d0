package lanewise.model;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lanewise.weights.Weights;

/**
 * The published network whose keys are most like those of a checkpoint that is none.
 *
 * @param missing keys of the network that the checkpoint lacks
 * @param surplus keys of the checkpoint that the network lacks
 * @param misshaped keys of both with other shapes
 * @param shared keys of both
 */
record Nearest(Architecture architecture, List<String> missing, List<String> surplus, List<String> misshaped, int shared) {
    private static final int LISTED = 4;
    private static final int LONGEST_NAME = 100;
    private static final String COUNTER = "num_batches_tracked";

    /** Empty where no key of the checkpoint belongs to a network. */
    static Optional<Nearest> to(Weights w, Stream<Architecture> published) {
        SortedSet<String> names = new TreeSet<>(w.names());
        names.removeIf(name -> name.endsWith(COUNTER));
        return published.map(architecture -> between(w, names, architecture)).filter(nearest -> nearest.shared > 0)
                .max(Comparator.comparingDouble(Nearest::likeness));
    }

    private static Nearest between(Weights w, SortedSet<String> names, Architecture architecture) {
        Map<String, List<Integer>> wanted = new LinkedHashMap<>();
        architecture.declare(Weights.seeded()).tensors().forEach(tensor -> wanted.put(tensor.name(), tensor.dims()));
        List<String> missing = wanted.keySet().stream().filter(name -> !names.contains(name)).toList();
        List<String> surplus = names.stream().filter(name -> !wanted.containsKey(name)).toList();
        List<String> misshaped = wanted.entrySet().stream()
                .filter(entry -> names.contains(entry.getKey()) && !w.dims(entry.getKey()).equals(entry.getValue()))
                .map(entry -> entry.getKey() + " " + w.dims(entry.getKey()) + " instead of " + entry.getValue()).toList();
        return new Nearest(architecture, missing, surplus, misshaped, wanted.size() - missing.size());
    }

    private double likeness() {
        return (double) (shared - misshaped.size() / 2) / (shared + missing.size() + surplus.size());
    }

    /** What differs, in a line. */
    String differences() {
        return Stream.of(some("missing", missing), some("surplus", surplus), some("misshaped", misshaped))
                .filter(part -> !part.isEmpty()).collect(Collectors.joining("; "));
    }

    private static String some(String kind, List<String> keys) {
        String listed = keys.stream().limit(LISTED)
                .map(key -> key.length() > LONGEST_NAME ? key.substring(0, LONGEST_NAME) + "..." : key)
                .collect(Collectors.joining(", "));
        return keys.isEmpty() ? "" : keys.size() + " " + kind + ": " + listed + (keys.size() > LISTED ? ", ..." : "");
    }
}
