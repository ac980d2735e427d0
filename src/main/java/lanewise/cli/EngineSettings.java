package lanewise.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import lanewise.nn.Algorithm;
import lanewise.nn.Memory;
import lanewise.nn.Options;

/**
 * What {@code --option} sets of the engine, and of the architecture.
 *
 * @param ofArchitecture values by name
 */
record EngineSettings(Algorithm algorithm, Memory memory, Map<String, String> ofArchitecture) {
    private static final String ALGORITHM = "algorithm";
    private static final String MEMORY = "memory";

    /** @throws UserException if an option of the engine has no such value */
    static EngineSettings of(List<Setting> settings) throws UserException {
        Map<String, String> others = Setting.byName(settings);
        Algorithm algorithm = value(ALGORITHM, others.remove(ALGORITHM), Algorithm.AUTO);
        Memory memory = value(MEMORY, others.remove(MEMORY), Memory.FAST);
        return new EngineSettings(algorithm, memory, others);
    }

    private static <T extends Enum<T>> T value(String option, String text, T usual) throws UserException {
        T[] values = usual.getDeclaringClass().getEnumConstants();
        return text == null ? usual : Arrays.stream(values).filter(one -> one.name().equalsIgnoreCase(text)).findFirst()
                .orElseThrow(() -> new UserException("--option: no " + option + " '" + text + "'; it is " + Arrays.stream(values)
                        .map(one -> one.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(" or "))));
    }

    Options applied(Options options) {
        return options.withAlgorithm(algorithm).withMemory(memory);
    }
}
