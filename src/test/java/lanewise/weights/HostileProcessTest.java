package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lanewise.SharedFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile files in JVMs of their own with 256 MB of heap, where running out of it ends the test and not the others. */
class HostileProcessTest {
    private static final String HEAP = "-Xmx256m";
    /** Of the processor, so that a busy machine does not count. */
    private static final int MILLISECONDS = 2_000;

    @TempDir
    private Path folder;

    /** The outcome of each file: accept or reject. */
    private Map<Path, String> outcomes(List<Path> files) throws Exception {
        Path sound = folder.resolve("sound.safetensors");
        Files.write(sound, HostileSeeds.safetensors(folder));
        Path work = Files.createDirectories(folder.resolve("work"));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), HEAP,
                "-XX:+ExitOnOutOfMemoryError", "-Djava.io.tmpdir=" + work, "-cp", System.getProperty("java.class.path"),
                HostileProcess.class.getName(), sound.toString())
                .directory(work.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try (var list = process.outputWriter()) {
            for (Path file : files) {
                list.write(file + "\n");
            }
        }
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the process does not end");
        assertEquals(0, process.exitValue(), () -> read(err) + "\nafter " + read(out));
        assertEquals("", read(err));
        try (Stream<Path> made = Files.list(work)) {
            assertEquals(List.of(), made.toList(), "files made");
        }
        Map<Path, String> outcomes = new HashMap<>();
        for (String line : read(out).lines().toList()) {
            String[] parts = line.split(" ", 3);
            outcomes.put(Path.of(parts[2]), parts[0]);
            assertTrue(Integer.parseInt(parts[1]) < MILLISECONDS, line);
        }
        assertEquals(files.size(), outcomes.size());
        return outcomes;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void giantsAreRefused() throws Exception {
        outcomes(HostileGiants.write(folder)).forEach((file, outcome) -> assertEquals("reject", outcome, file.toString()));
    }

    /** The reference collection and what other projects test with. */
    @Test
    void everySharedFileHasItsOutcome() throws Exception {
        Path root = SharedFiles.require("bad-inputs");
        Map<Path, List<String>> allowed = new HashMap<>();
        for (JsonNode entry : SharedWeightFilesTest.JSON.readTree(root.resolve("manifest.json").toFile()).get("files")) {
            if (entry.get("kind").asText().equals("safetensors") || entry.get("kind").asText().startsWith("pth")) {
                allowed.put(root.resolve(entry.get("file").asText()),
                        List.of(entry.get("expected").asText(), entry.path("alternative").asText()));
            }
        }
        for (String other : List.of("public/safetensors", "public/pickle")) {
            try (Stream<Path> files = Files.list(root.resolve(other))) {
                files.forEach(file -> allowed.put(file, List.of(file.endsWith("pytorch_model.bin") ? "accept" : "reject")));
            }
        }
        assertEquals(258 + 38 + 46, allowed.size());
        outcomes(new ArrayList<>(allowed.keySet())).forEach((file, outcome) ->
                assertTrue(allowed.get(file).contains(outcome), outcome + " " + file));
        assertTrue(Files.notExists(root.resolve("corpus-should-not-exist.txt")));
    }
}
