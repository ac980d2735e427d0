package lanewise.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;

/**
 * The small trained networks that come with Lanewise, by name: {@code characters} reads one printed character,
 * {@code motion} tells how the camera of a clip moves. Their model cards are in {@code weights}.
 */
public final class ShippedModels {
    private static final List<String> NAMES = List.of("characters", "motion");

    private ShippedModels() {}

    public static List<String> names() {
        return NAMES;
    }

    /**
     * Opens the weights of a network. They lie in the jar and are copied to a temporary file, of which nothing remains.
     *
     * @throws WeightException if no temporary file can be written
     * @throws IllegalArgumentException if there is no network of this name
     */
    public static WeightFile open(String name) throws WeightException {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("no network '" + name + "' comes with Lanewise; there are " + NAMES);
        }
        try {
            Path copy = Files.createTempFile("lanewise-" + name + "-", ".safetensors");
            try (InputStream in = ShippedModels.class.getResourceAsStream(name + ".safetensors")) {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
                return WeightFile.open(copy);
            } finally {
                // An open file can still be read when its name is gone.
                Files.delete(copy);
            }
        } catch (IOException e) {
            WeightException fault = new WeightException(name, "", "a folder for temporary files", e.toString(),
                    "let -Djava.io.tmpdir name one that can be written");
            fault.initCause(e);
            throw fault;
        }
    }
}
