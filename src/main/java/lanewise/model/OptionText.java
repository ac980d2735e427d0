package lanewise.model;

import java.util.ArrayList;
import java.util.List;

/** Reads the values of architecture options as users write them. */
final class OptionText {
    private OptionText() {}

    static double epsilon(String value) {
        try {
            double epsilon = Double.parseDouble(value);
            if (epsilon >= 0 && epsilon < 1) {
                return epsilon;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one message below.
        }
        throw new IllegalArgumentException("epsilon must be a number from 0 to 1, such as 1e-3, not '" + value + "'");
    }

    /** {@code false,true,true} as a list of exactly {@code count} values. */
    static List<Boolean> booleans(String option, String value, int count) {
        List<Boolean> values = new ArrayList<>();
        for (String part : value.split(",", -1)) {
            switch (part.trim()) {
                case "true" -> values.add(true);
                case "false" -> values.add(false);
                default -> throw new IllegalArgumentException(option + " wants true or false, not '" + part + "'");
            }
        }
        if (values.size() != count) {
            throw new IllegalArgumentException(option + " wants " + count + " values, such as false,true,true, not '" + value + "'");
        }
        return List.copyOf(values);
    }

    static IllegalArgumentException unknown(String option, String architecture, String known) {
        return new IllegalArgumentException(architecture + " has no option '" + option + "'; it has " + known);
    }
}
