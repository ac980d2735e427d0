package lanewise.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lanewise.nn.Network;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.Weights;

/**
 * A network as its layers, before any weight is read: an architecture with what a file adds to it.
 *
 * @param preprocessing what the file says, else the architecture's
 * @param labels names of the classes, as the file says, else as they are known for networks of that size
 */
public record Declaration(Architecture architecture, Network network, Preprocessing preprocessing, Optional<List<String>> labels) {
    /**
     * The network in a checkpoint. Its weights can be read until the file is closed.
     *
     * @param settings options of the architecture by name, which go before those that the file notes: see
     *         {@link Architecture#with}
     * @throws WeightException if the file is no network that Lanewise knows, or does not fit it
     * @throws IllegalArgumentException if the architecture has no such option
     */
    public static Declaration of(WeightFile file, Map<String, String> settings) throws WeightException {
        Weights weights = file.weights();
        Metadata metadata = Metadata.of(file);
        Architecture architecture = metadata.configure(file, recognise(file.path(), weights)).with(settings);
        metadata.requireClasses(file, architecture.classes());
        Network network = architecture.declare(weights);
        weights.finish();
        return new Declaration(architecture, network, metadata.preprocessing().orElse(architecture.preprocessing()),
                metadata.labels().or(() -> ClassNames.usual(architecture)));
    }

    /** A bare architecture, its weights generated. */
    public static Declaration of(Architecture architecture) {
        return new Declaration(architecture, architecture.declare(Weights.seeded()), architecture.preprocessing(),
                ClassNames.usual(architecture));
    }

    private static Architecture recognise(Path file, Weights weights) throws WeightException {
        return Architectures.recognise(weights).orElseThrow(() -> Architectures.missing(weights)
                .map(key -> new WeightException(file.toString(), "",
                        key + ", the stem of a ResNet or an R(2+1)D with such blocks", "none",
                        "take a checkpoint of the whole network, with unchanged keys"))
                .orElseGet(() -> new WeightException(file.toString(), "",
                        "the keys of a ResNet or an R(2+1)D", "keys such as "
                                + String.join(", ", weights.names().stream().limit(3).toList()),
                        "Lanewise runs these families: " + String.join(", ", Architectures.names()))));
    }
}
