package lanewise.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lanewise.model.Architecture;
import lanewise.weights.WeightException;

/** One {@code --option}. */
record Setting(String name, String value) {
    /** Reads {@code epsilon=1e-3}. */
    static Setting parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("not NAME=VALUE: '" + text + "'; write it as epsilon=1e-3");
        }
        return new Setting(text.substring(0, equals), text.substring(equals + 1));
    }

    /** The last one wins where an option is set twice. */
    static Map<String, String> byName(List<Setting> settings) {
        Map<String, String> byName = new LinkedHashMap<>();
        settings.forEach(setting -> byName.put(setting.name, setting.value));
        return byName;
    }

    /** @throws UserException if the architecture has no such option, or a value does not fit */
    static Architecture configured(Architecture architecture, Map<String, String> settings) throws UserException {
        try {
            return architecture.with(settings);
        } catch (IllegalArgumentException e) {
            throw refused(e);
        }
    }

    /** Something that {@link #applied} makes. */
    @FunctionalInterface
    interface Making<T> {
        T make() throws WeightException;
    }

    /**
     * What is made with settings for the architecture in a file.
     *
     * @throws UserException if that has no such option, or a value does not fit
     */
    static <T> T applied(Map<String, String> settings, Making<T> making) throws UserException, WeightException {
        try {
            return making.make();
        } catch (IllegalArgumentException e) {
            // Without options, an illegal argument is none of the user's.
            if (settings.isEmpty()) {
                throw e;
            }
            throw refused(e);
        }
    }

    /** What an architecture says about an option that it does not have or whose value does not fit. */
    private static UserException refused(IllegalArgumentException e) {
        return new UserException("--option: " + e.getMessage(), e);
    }
}
