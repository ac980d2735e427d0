package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lanewise.nn.Algorithm;
import lanewise.nn.Layers;
import lanewise.nn.Network;
import lanewise.nn.Options;
import lanewise.nn.Plan;
import lanewise.nn.Session;
import lanewise.nn.Workers;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C2 compiles every method that works on vectors, as a whole and to vector instructions. A method that grows too large for
 * that gives the same bits, hundreds of times slower, so no other test would notice.
 */
class CompilationTest {
    /** Runs all kernels until C2 has compiled them; the JVM under test runs this, and waits for its compiler each time. */
    static final class Program {
        /** C2 compiles what was called 5,000 times. */
        private static final int RUNS = 6_000;

        public static void main(String[] args) throws WeightException {
            Options options = Options.standard().withThreads(1);
            Shape shape = new Shape(1, 2, 3, 18, 37);
            try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1)) {
                for (Options each : List.of(options.withAlgorithm(Algorithm.DIRECT), options.withAlgorithm(Algorithm.WINOGRAD2),
                        options.withAlgorithm(Algorithm.WINOGRAD4),
                        options.unfused())) {
                    try (Session session = Plan.of(arena, network(), shape, each).session(workers)) {
                        Tensor input = Tensor.allocate(arena, shape);
                        for (int run = 0; run < RUNS; run++) {
                            session.run(input);
                        }
                    }
                }
                MemorySegment panel = arena.allocate(4L * 16 * Tile.pixels());
                for (int run = 0; run < RUNS; run++) {
                    for (Tile tile : Tile.values()) {
                        MemorySegment sums = arena.allocate(Tile.MOST_BYTES);
                        tile.multiply(panel, panel, 16, sums);
                        tile.multiplyHalf(panel, panel, panel, 16, sums, sums);
                    }
                    for (FmaPeak.Chains chains : FmaPeak.Chains.values()) {
                        chains.run(16);
                    }
                }
            }
        }

        private static Network network() {
            Weights w = Weights.seeded();
            Dims temporal = new Dims(3, 1, 1);
            Dims before = new Dims(1, 0, 0);
            return new Network("all kernels", 2, Layers.seq("",
                    Layers.conv2d(w.at("stem"), 2, 2, 3, 1, 1, 1, 1), Layers.batchNorm(w.at("norm"), 2, 1e-5), Layers.relu(),
                    Layers.gated(Layers.seq(Layers.globalAvgPool(), Layers.pointwise(w.at("gate"), 2, 2))),
                    Layers.avgPool("average", new Dims(1, 2, 1), Dims.ONE, false),
                    Layers.residual(Layers.seq("", Layers.conv3d(w.at("time"), 2, 2, temporal, Dims.ONE, before),
                            Layers.conv2d(w.at("groups"), 2, 2, 3, 1, 1, 1, 2)), Layers.identity()),
                    Layers.residual(Layers.conv2d(w.at("space"), 2, 2, 3, 1, 1, 1, 1), Layers.identity()), Layers.relu(),
                    Layers.maxPool("close", Dims.spatial(3), Dims.ONE, new Dims(0, 1, 1)),
                    Layers.residual(Layers.conv2d(w.at("half"), 2, 2, 3, 2, 1, 1, 1),
                            Layers.conv2d(w.at("shortcut"), 2, 2, 1, 2, 0, 1, 1)),
                    Layers.conv2d(w.at("few"), 2, 40, 3, 1, 1, 1, 1), Layers.conv2d(w.at("many"), 40, 40, 3, 1, 1, 1, 1),
                    Layers.conv2d(w.at("valid"), 40, 40, 3, 1, 0, 1, 1), Layers.conv2d(w.at("strided"), 40, 40, 3, 2, 1, 1, 1),
                    Layers.maxPool("pool", Dims.spatial(3), Dims.spatial(2), new Dims(0, 1, 1)),
                    Layers.globalAvgPool(), Layers.linear(w.at("fc"), 40, 37)));
        }
    }

    @Test
    void vectorsAreCompiledByC2(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("compilation.xml");
        run(folder, "-XX:+UnlockDiagnosticVMOptions", "-XX:+LogCompilation", "-XX:LogFile=" + file, "-Xbatch");
        CompilationLog log = CompilationLog.read(file, "lanewise.kernel");
        assertEquals(List.of(), log.faults(), "methods that C2 gave up, or calls that it left in them");
        TreeSet<String> missing = new TreeSet<>(vectorMethods());
        assertFalse(missing.isEmpty(), "no method of lanewise.kernel works on vectors");
        missing.removeAll(log.compiled());
        assertTrue(missing.isEmpty(), "C2 has not compiled, or not to vectors: " + missing
                + "; is one too large, or does the network above not use it?");
    }

    /** The methods that call the Vector API, found in the class files; constants of classes are made once. */
    private static List<String> vectorMethods() throws IOException, URISyntaxException {
        Path folder = Path.of(Kernel.class.getResource("Kernel.class").toURI()).getParent();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".class")).flatMap(CompilationTest::vectorMethods).toList();
        }
    }

    private static Stream<String> vectorMethods(Path file) {
        try {
            var model = ClassFile.of().parse(file);
            String holder = model.thisClass().asInternalName().replace('/', '.');
            return model.methods().stream()
                    .filter(method -> !method.methodName().equalsString("<clinit>") && callsVectors(method))
                    .map(method -> holder + " " + method.methodName().stringValue());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean callsVectors(MethodModel method) {
        return method.code().stream().flatMap(code -> code.elementStream())
                .anyMatch(element -> element instanceof InvokeInstruction call
                        && call.owner().asInternalName().startsWith("jdk/incubator/vector/")
                        && call.owner().asInternalName().endsWith("Vector"));
    }

    private static void run(Path folder, String... flags) throws IOException, InterruptedException {
        Path printed = folder.resolve("printed.txt");
        List<String> command = Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules=jdk.incubator.vector"),
                Stream.of(flags),
                Stream.of("-cp", System.getProperty("java.class.path"), Program.class.getName()))
                .flatMap(words -> words).toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
        Map<String, String> environment = builder.environment();
        environment.remove("JAVA_TOOL_OPTIONS");
        environment.remove("JDK_JAVA_OPTIONS");
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(5, TimeUnit.MINUTES), "the kernels are still not warm");
            assertEquals(0, process.exitValue(), Files.readString(printed));
        } finally {
            process.destroyForcibly();
        }
    }
}
