package lanewise.model;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;

/** The published architectures by name, and the one that a checkpoint holds. */
public final class Architectures {
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private static final Map<String, Architecture> BY_NAME = Stream.concat(PictureNets.published(), VideoNets.published())
            .collect(Collectors.toMap(Architecture::name, Function.<Architecture>identity(), (first, _) -> first,
                    () -> new TreeMap<>(Comparator.comparing(Architectures::padded))));

    private Architectures() {}

    /** A name that sorts by the value of its numbers: 20 before 110. */
    private static String padded(String name) {
        return NUMBER.matcher(name).replaceAll(number -> String.format(Locale.ROOT, "%9s", number.group()));
    }

    /** All names that {@link #named} knows, sorted with 20 before 110. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** A published architecture. */
    public static Optional<Architecture> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The architecture of a checkpoint, from its keys and shapes alone; empty if it is none that Lanewise knows. */
    public static Optional<Architecture> recognise(Weights w) {
        return Recognition.of(w);
    }

    /** Why a checkpoint is not recognised: what it is, or what keeps it from being the network that it is most like. */
    static WeightException unknown(String file, Weights w) {
        return Refusals.of(file, w).or(() -> Nearest.to(w, BY_NAME.values().stream()).map(nearest -> new WeightException(file, "",
                        "a ResNet or an R(2+1)D, such as " + nearest.architecture().name() + " of "
                                + nearest.architecture().layout().title() + ", the nearest",
                        nearest.differences(), "take a checkpoint of the whole network, with unchanged keys")))
                .orElseGet(() -> new WeightException(file, "", "the keys of a ResNet or an R(2+1)D",
                        "keys such as " + String.join(", ", w.names().stream().limit(3).toList()),
                        "Lanewise runs these families: " + String.join(", ", names())));
    }
}
