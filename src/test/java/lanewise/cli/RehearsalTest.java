package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher lets the JVM watch goes through to the end: it would not tell anybody if it did not. */
class RehearsalTest {
    @Test
    void everyVerbAnswers(@TempDir Path folder) {
        assertDoesNotThrow(() -> Rehearsal.main(new String[] {folder.toString()}));
        assertTrue(Files.exists(folder.resolve("output.npy")));
    }
}
