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
 */
record Nearest(Architecture architecture, List<String> missing, List<String> surplus, List<String> misshaped) {
    private static final int LISTED = 4;
    private static final int LONGEST_NAME = 100;
    private static final String COUNTER = "num_batches_tracked";

    /** A network with the extents of its tensors by name. */
    private record Candidate(Architecture architecture, Map<String, List<Integer>> wanted) {
        static Candidate of(Architecture architecture) {
            Map<String, List<Integer>> wanted = new LinkedHashMap<>();
            architecture.declare(Weights.seeded()).tensors().forEach(tensor -> wanted.put(tensor.name(), tensor.dims()));
            return new Candidate(architecture, wanted);
        }

        /** Keys of both, those of another shape by half, as a share of the keys of either. */
        double likeness(Weights w, SortedSet<String> names) {
            long shared = wanted.keySet().stream().filter(names::contains).count();
            return (shared - misshaped(w, names).size() / 2.0) / (names.size() + wanted.size() - shared);
        }

        List<String> misshaped(Weights w, SortedSet<String> names) {
            return wanted.keySet().stream()
                    .filter(name -> names.contains(name) && !w.dims(name).equals(wanted.get(name))).toList();
        }
    }

    /** Empty where no key of the checkpoint belongs to a network. */
    static Optional<Nearest> to(Weights w, Stream<Architecture> published) {
        SortedSet<String> names = new TreeSet<>(w.names());
        names.removeIf(name -> name.endsWith(COUNTER));
        return published.map(Candidate::of).max(Comparator.comparingDouble(candidate -> candidate.likeness(w, names)))
                .filter(best -> best.likeness(w, names) > 0)
                .map(best -> new Nearest(best.architecture,
                        best.wanted.keySet().stream().filter(name -> !names.contains(name)).toList(),
                        names.stream().filter(name -> !best.wanted.containsKey(name)).toList(),
                        best.misshaped(w, names).stream()
                                .map(name -> name + " " + w.dims(name) + " instead of " + best.wanted.get(name)).toList()));
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
