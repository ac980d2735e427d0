package lanewise;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Reference files that lie beside the project, in {@code ../shared}, and are not part of it. A test that needs one is
 * skipped where the file is absent, unless {@code -Dlanewise.requireShared=true} turns absence into failure.
 */
public final class SharedFiles {
    private static final Path ROOT = Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("shared");

    private SharedFiles() {}

    /** The file or directory {@code ../shared/relative}; ends the calling test where it is absent. */
    public static Path require(String relative) {
        Path file = ROOT.resolve(relative).normalize();
        if (!Files.exists(file)) {
            String message = "reference file absent: " + file;
            if (Boolean.getBoolean("lanewise.requireShared")) {
                Assertions.fail(message);
            }
            // The console shows the number of skipped tests, not why.
            System.err.println("skipped: " + message);
            Assumptions.abort(message);
        }
        return file;
    }
}
