package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM of its own, to watch what it does. */
public final class ChildJvm {
    private ChildJvm() {}

    /**
     * Runs a class with the vector module to its end, which must be a good one, and with the {@code -XX} flags of this JVM,
     * such as the width of vectors.
     *
     * @param folder for what it prints
     */
    public static void run(Path folder, Class<?> main, String... flags) throws IOException, InterruptedException {
        Path printed = folder.resolve("printed.txt");
        List<String> command = Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules=jdk.incubator.vector"),
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(flag -> flag.startsWith("-XX:")),
                Stream.of(flags),
                Stream.of("-cp", System.getProperty("java.class.path"), main.getName()))
                .flatMap(words -> words).toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
        Map<String, String> environment = builder.environment();
        environment.remove("JAVA_TOOL_OPTIONS");
        environment.remove("JDK_JAVA_OPTIONS");
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(5, TimeUnit.MINUTES), main.getName() + " has not ended");
            assertEquals(0, process.exitValue(), Files.readString(printed));
        } finally {
            process.destroyForcibly();
        }
    }
}
