package lanewise.weights;

import java.io.IOException;
import java.nio.file.Path;

/** What Jazzer calls with the contents of {@code data.pkl} in a sound archive; see weights/README.md. */
public final class PickleFuzzer {
    private static final Path FILE = SafetensorsFuzzer.temporary();

    private PickleFuzzer() {}

    public static void fuzzerTestOneInput(byte[] pickle) throws IOException {
        Hostile.accepts(FILE, HostileSeeds.archive(pickle));
    }
}
