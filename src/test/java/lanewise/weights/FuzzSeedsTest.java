package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fuzzers start from or have found, given to them once more: none may let anything but a refusal escape. */
class FuzzSeedsTest {
    static List<Path> files() throws IOException, URISyntaxException {
        return seeds("files");
    }

    static List<Path> pickles() throws IOException, URISyntaxException {
        return seeds("pickles");
    }

    private static List<Path> seeds(String folder) throws IOException, URISyntaxException {
        Path path = Path.of(Objects.requireNonNull(FuzzSeedsTest.class.getResource("fuzz/" + folder)).toURI());
        try (Stream<Path> files = Files.list(path)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void wholeFiles(Path seed) throws IOException {
        SafetensorsFuzzer.fuzzerTestOneInput(Files.readAllBytes(seed));
    }

    @ParameterizedTest
    @MethodSource("pickles")
    void pickles(Path seed) throws IOException {
        PickleFuzzer.fuzzerTestOneInput(Files.readAllBytes(seed));
    }

    /** A dict that holds itself is walked no deeper than the limit; what a pickle names must be in the archive. */
    @Test
    void seedsThatLookSoundAreRefused() throws Exception {
        Path file = Files.createTempFile("lanewise", ".seed");
        try {
            for (Path seed : pickles()) {
                assertFalse(Hostile.accepts(file, HostileSeeds.archive(Files.readAllBytes(seed))), seed.toString());
            }
        } finally {
            Files.delete(file);
        }
    }
}
