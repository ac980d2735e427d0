package lanewise.peers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;

/**
 * What the figures were measured on.
 *
 * @param processors that the JVM may use
 * @param caches of one core, such as {@code L2 2048K}; empty where the system does not tell
 * @param vectorBits the width of Java's preferred vectors
 */
record Machine(String processor, int processors, List<String> caches, int vectorBits, String system, String java) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path STATISTICS = Path.of("/proc/stat");
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    static Machine here() throws IOException {
        return new Machine(name(), Runtime.getRuntime().availableProcessors(), ownCaches(),
                FloatVector.SPECIES_PREFERRED.vectorBitSize(), property("os.name") + " " + property("os.version"),
                property("java.vendor") + " " + property("java.vm.version"));
    }

    /**
     * Seconds that all processors together have been busy since the system started; 0 where it does not tell. Linux counts
     * user, nice and system, then idle and waiting for a device, then interrupts of two kinds and what the host of a virtual
     * machine gave to others, all in hundredths.
     */
    static double busySeconds() throws IOException {
        if (!Files.isReadable(STATISTICS)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(STATISTICS)) {
            long[] counts = Arrays.stream(lines.findFirst().orElseThrow().split(" +")).skip(1)
                    .mapToLong(Long::parseLong).toArray();
            return (counts[0] + counts[1] + counts[2] + counts[5] + counts[6] + counts[7]) / 100.0;
        }
    }

    private static String property(String name) {
        return System.getProperty(name);
    }

    private static String name() throws IOException {
        if (!Files.isReadable(CPU_INFO)) {
            return property("os.arch");
        }
        return Files.readAllLines(CPU_INFO).stream().filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElse(property("os.arch"));
    }

    private static List<String> ownCaches() throws IOException {
        List<String> caches = new ArrayList<>();
        if (Files.isDirectory(CACHES)) {
            try (DirectoryStream<Path> indices = Files.newDirectoryStream(CACHES, "index*")) {
                for (Path index : indices) {
                    String type = word(index, "type");
                    if (!type.equals("Instruction")) {
                        caches.add("L" + word(index, "level") + (type.equals("Data") ? "d " : " ") + word(index, "size"));
                    }
                }
            }
        }
        return caches.stream().sorted().toList();
    }

    private static String word(Path index, String file) throws IOException {
        return Files.readString(index.resolve(file)).strip();
    }

    @Override
    public String toString() {
        return "%s, %d processors, %s, vectors of %d bits, %s, %s".formatted(processor, processors,
                String.join(", ", caches), vectorBits, system, java);
    }
}
