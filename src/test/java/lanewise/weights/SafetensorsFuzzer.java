package lanewise.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Jazzer calls with the contents of a whole weight file; see weights/README.md. */
public final class SafetensorsFuzzer {
    private static final Path FILE = temporary();

    private SafetensorsFuzzer() {}

    public static void fuzzerTestOneInput(byte[] file) throws IOException {
        Hostile.accepts(FILE, file);
    }

    static Path temporary() {
        try {
            Path file = Files.createTempFile("lanewise", ".fuzz");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
