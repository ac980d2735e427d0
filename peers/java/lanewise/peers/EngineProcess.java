package lanewise.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An engine in a process of its own, seen from outside: it runs when it is asked to, and only then. */
final class EngineProcess implements AutoCloseable {
    private static final String PEAK = "VmHWM:";

    private final Contestant contestant;
    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final PrintWriter commands;
    private final String version;

    private EngineProcess(Contestant contestant, Process process, Path log) throws IOException {
        this.contestant = contestant;
        this.process = process;
        this.log = log;
        answers = process.inputReader(StandardCharsets.US_ASCII);
        commands = new PrintWriter(process.outputWriter(StandardCharsets.US_ASCII), true);
        version = answer();
    }

    /** Starts an engine and waits until it has loaded its model. What it says on the side goes to a log beside the model. */
    static EngineProcess start(Contestant contestant, Path model, Path input, int threads) throws IOException {
        Path log = Path.of(model + ".log");
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of("--add-modules=jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                contestant.mainClass(), model.toString(), input.toString(), Integer.toString(threads)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        // PyTorch's convolutions run in oneDNN. Threads of OpenBLAS, which has its classifier, would spin for long after a run
        // and take PyTorch's own processors: ResNet-50 on two threads was twice as slow.
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        Process process = builder.start();
        try {
            return new EngineProcess(contestant, process, log);
        } catch (IOException | RuntimeException | Error e) {
            process.destroy();
            throw e;
        }
    }

    /** The Java that runs now, with what every engine gets: one collector thread and a small first heap, as in the launcher. */
    static List<String> java() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xms64m",
                "--enable-native-access=ALL-UNNAMED");
    }

    Contestant contestant() {
        return contestant;
    }

    String version() {
        return version;
    }

    float[] logits() throws IOException {
        return EngineServer.logits(ask(EngineServer.ANSWER));
    }

    /** Milliseconds of one run, as the engine's process itself measures them. */
    double run() throws IOException {
        return Long.parseLong(ask(EngineServer.RUN)) / 1e6;
    }

    private String ask(String command) throws IOException {
        commands.println(command);
        return answer();
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(contestant.title() + " ended; what it said is in " + log);
        }
        return line;
    }

    /** The most bytes that were resident at once. Linux alone tells. */
    long peakBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(PEAK))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst().orElseThrow();
    }

    /** Processor time used so far, in steps of a hundredth of a second. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        // The end of its input ends an engine; one that hangs is ended.
        commands.close();
        process.destroy();
    }
}
