package lanewise.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What no weight file says: the options of an architecture, and how pictures become inputs. Immutable.
 *
 * @param options each option with its value and where that comes from
 * @param preprocessing the way from pixels to the input
 * @param preprocessingOrigin where that comes from
 */
public record Assumptions(List<Assumption> options, Preprocessing preprocessing, String preprocessingOrigin) {
    public Assumptions {
        options = List.copyOf(options);
    }

    /** What a layout assumes: its preprocessing, and an epsilon for batch norm. */
    static Assumptions of(Layout layout, Preprocessing preprocessing, String epsilon) {
        return new Assumptions(List.of(), preprocessing, origin(layout)).and(layout, Option.EPSILON, epsilon);
    }

    /** These and the default that a layout has for one more option. */
    Assumptions and(Layout layout, Option<?> option, Object value) {
        List<Assumption> more = new ArrayList<>(options);
        more.add(new Assumption(option.name(), value.toString(), origin(layout)));
        return new Assumptions(more, preprocessing, preprocessingOrigin);
    }

    private static String origin(Layout layout) {
        return "default of " + layout.title();
    }

    /** The value of an option, also where the architecture does not have it. */
    <T> T get(Option<T> option) {
        return options.stream().filter(each -> each.option().equals(option.name())).findFirst()
                .map(each -> option.reader().apply(each.value())).orElse(option.usual());
    }

    boolean has(Option<?> option) {
        return options.stream().anyMatch(each -> each.option().equals(option.name()));
    }

    /**
     * With another value of one option.
     *
     * @param architecture for messages
     * @throws IllegalArgumentException if there is no such option here, or the value does not fit it
     */
    Assumptions with(String architecture, String option, String value, String origin) {
        if (options.stream().noneMatch(each -> each.option().equals(option))) {
            throw new IllegalArgumentException(architecture + " has no option '" + option + "'; it has "
                    + options.stream().map(Assumption::option).collect(Collectors.joining(", ")));
        }
        String text = value.replaceAll("\\s", "");
        List<Assumption> changed = new ArrayList<>();
        for (Assumption each : options) {
            if (each.option().equals(option)) {
                Option.of(each).reader().apply(text);
                changed.add(new Assumption(option, text, origin));
            } else {
                changed.add(each);
            }
        }
        return new Assumptions(changed, preprocessing, preprocessingOrigin);
    }

    Assumptions with(Preprocessing other, String origin) {
        return new Assumptions(options, other, origin);
    }

    /** All of them, preprocessing last. */
    List<Assumption> all() {
        return Stream.concat(options.stream(),
                Stream.of(new Assumption("preprocessing", preprocessing.toString(), preprocessingOrigin))).toList();
    }
}
