package lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;
import lanewise.kernel.ChildJvm;
import lanewise.kernel.Tile;
import lanewise.kernel.VectorMethods;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The warm-up runs every method that works on vectors, but for {@link #others}, as a JVM tells that counts calls. */
class WarmUpTest {
    /** Runs all steps once. */
    static final class Program {
        public static void main(String[] args) throws WeightException {
            try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1)) {
                Tensor input = Tensor.allocate(arena, WarmUp.INPUT);
                for (Session session : WarmUp.sessions(arena, workers)) {
                    session.run(input);
                    session.close();
                }
            }
        }
    }

    @Test
    void allVectorMethodsOfFusedNetworksRun(@TempDir Path folder) throws Exception {
        SortedSet<String> methods = VectorMethods.names();
        String holders = methods.stream().map(method -> method.split(" ")[0]).distinct().collect(Collectors.joining(";"));
        Path file = folder.resolve("methods.jfr");
        ChildJvm.run(folder, Program.class, "-XX:StartFlightRecording:filename=" + file + ",method-timing=" + holders);
        SortedSet<String> missing = new TreeSet<>(methods);
        missing.removeAll(called(file));
        assertFalse(missing.equals(methods), "no call was counted");
        missing.removeIf(method -> others().anyMatch(method::startsWith));
        assertEquals(Set.of(), missing, "methods that the first answer may find cold");
    }

    /**
     * What no fused network of the warm-up runs here: the other tile, steps that fusion takes away, gates, averages over
     * windows, and poolings that few networks have or none.
     */
    private static Stream<String> others() {
        Stream<String> otherTile = Tile.preferred() == Tile.ROWS8
                ? Stream.of("MicroKernel6 ", "MicroKernel12x1 ") : Stream.of("MicroKernel8 ", "MicroKernel16x1 ", "PlaneKernel8 ");
        Stream<String> few = Stream.of("FmaPeak ", "Add ", "BatchNorm ", "Relu ", "AvgPool ", "ChannelGate ", "MaxPool neighbours");
        return Stream.concat(otherTile, few)
                .map(name -> "lanewise.kernel." + name);
    }

    private static Set<String> called(Path file) throws Exception {
        Set<String> called = new TreeSet<>();
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                var event = events.readEvent();
                if (event.getEventType().getName().equals("jdk.MethodTiming") && event.getLong("invocations") > 0) {
                    RecordedMethod method = event.getValue("method");
                    called.add(method.getType().getName() + " " + method.getName());
                }
            }
        }
        return called;
    }
}
