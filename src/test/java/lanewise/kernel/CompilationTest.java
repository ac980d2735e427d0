package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
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
                // Those of another width of vectors are compiled too.
                MemorySegment panel = arena.allocate(4L * 16 * Tile.pixels());
                MemorySegment planes = arena.allocate(9 * Tile.MOST_BYTES);
                for (int run = 0; run < RUNS; run++) {
                    for (Tile tile : Tile.values()) {
                        MemorySegment sums = arena.allocate(Tile.MOST_BYTES);
                        tile.multiply(panel, panel, 16, sums);
                        tile.multiplyHalf(panel, panel, panel, 16, sums, sums);
                    }
                    PlaneKernel8.multiply(panel, planes, new int[16], 0, Tile.MOST_BYTES, Tile.MOST_BYTES);
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
        ChildJvm.run(folder, Program.class, "-XX:+UnlockDiagnosticVMOptions", "-XX:+LogCompilation", "-XX:LogFile=" + file,
                "-Xbatch");
        CompilationLog log = CompilationLog.read(file, "lanewise.kernel");
        assertEquals(List.of(), log.faults(), "methods that C2 gave up, or calls that it left in them");
        TreeSet<String> missing = new TreeSet<>(VectorMethods.names());
        assertFalse(missing.isEmpty(), "no method of lanewise.kernel works on vectors");
        missing.removeAll(log.compiled());
        assertTrue(missing.isEmpty(), "C2 has not compiled, or not to vectors: " + missing
                + "; is one too large, or does the network above not use it?");
    }
}
