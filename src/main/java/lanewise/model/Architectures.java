package lanewise.model;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;

/** The published architectures by name, and the one that a checkpoint holds. */
public final class Architectures {
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    /** What stands before the depth. */
    private static final Pattern FAMILY = Pattern.compile(".*?(resnet|resnext|_)(?=\\d)");

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

    /** All names in few words, those of one family together: {@code cifar_resnet20, 32, 44}. */
    public static String families() {
        Map<String, List<String>> families = names().stream().collect(Collectors.groupingBy(
                name -> name.substring(0, familyLength(name)), LinkedHashMap::new, Collectors.toList()));
        return families.entrySet().stream().map(family -> family.getKey() + family.getValue().stream()
                .map(name -> name.substring(family.getKey().length())).collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
    }

    private static int familyLength(String name) {
        Matcher family = FAMILY.matcher(name);
        return family.lookingAt() ? family.end() : name.length();
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
                        "Lanewise runs these families: " + families()));
    }
}
