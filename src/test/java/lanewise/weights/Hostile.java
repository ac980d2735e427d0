package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A weight file that anybody may have made: it loads whole or is refused with the one exception, and nothing else. */
final class Hostile {
    /** The longest message: five parts, each cut. */
    private static final int LONGEST_MESSAGE = 12_000;

    private Hostile() {}

    /** Writes the bytes to {@code file} and opens them: see {@link #accepts(Path)}. */
    static boolean accepts(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        return accepts(file);
    }

    /**
     * Opens a file, reads all of its tensors and checks what comes of it.
     *
     * @return whether it is sound
     */
    static boolean accepts(Path file) {
        try (WeightFile open = WeightFile.open(file)) {
            readAll(open);
            return true;
        } catch (WeightException e) {
            checkRefusal(file, e);
            return false;
        }
    }

    /** Every tensor has the values that its extents promise; types without conversion say so. */
    static void readAll(WeightFile file) throws WeightException {
        for (WeightTensor tensor : file.tensors().values()) {
            try {
                assertEquals(tensor.elements(), tensor.toArray().length);
            } catch (WeightException e) {
                if (tensor.dtype().readable()) {
                    throw e;
                }
                assertEquals(tensor.dtype().name(), e.found());
            }
        }
    }

    /** A refusal names the file and says in one line what is wrong. */
    static void checkRefusal(Path file, WeightException e) {
        String message = e.getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        assertFalse(e.expected().isEmpty() || e.found().isEmpty(), message);
        assertTrue(message.length() < LONGEST_MESSAGE && message.lines().count() == 1, message);
    }
}
