package lanewise.peers;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Seconds from the start of a process to the first line it prints, files in the page cache: Lanewise as its launcher
 * starts it, ONNX Runtime from a Java program that does nothing else, alternately.
 *
 * @param ratio Lanewise's by ONNX Runtime's
 */
record FirstAnswer(Contest contest, int threads, int starts, Spread lanewise, Spread onnxRuntime, Spread ratio) {
    static final double GOAL = 1.0;

    static FirstAnswer measure(Contest contest, int threads, int starts, Path models, Path input) throws IOException {
        List<String> lanewise = List.of(Path.of("lanewise").toAbsolutePath().toString(), "run",
                "--model", contest.model(models, Contestant.LANEWISE).toString(), "--input", input.toString(),
                "--output", models.resolve("first-answer.npy").toString(), "--threads", Integer.toString(threads));
        List<String> onnx = new ArrayList<>(EngineProcess.java());
        onnx.addAll(List.of("-cp", onnxClassPath(), FirstAnswer.class.getPackageName() + ".OnnxAnswer",
                contest.model(models, Contestant.ONNX_RUNTIME).toString(), input.toString(), Integer.toString(threads)));
        // The first starts fill the page cache, and the launcher builds what is not built.
        seconds(lanewise);
        seconds(onnx);
        double[] ours = new double[starts];
        double[] theirs = new double[starts];
        for (int i = 0; i < starts; i++) {
            ours[i] = seconds(lanewise);
            theirs[i] = seconds(onnx);
        }
        return new FirstAnswer(contest, threads, starts, Spread.of(ours), Spread.of(theirs), Spread.ofRatios(ours, theirs));
    }

    /** Only what that program needs. */
    private static String onnxClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith("test-classes") || entry.contains("onnxruntime"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static double seconds(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // The launcher is to take the Java that the other side runs on.
        builder.environment().put("LANEWISE_JAVA_HOME", System.getProperty("java.home"));
        long begin = System.nanoTime();
        Process process = builder.start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (line == null || process.onExit().join().exitValue() != 0) {
                throw new IOException("no answer from " + String.join(" ", command));
            }
            return seconds;
        }
    }
}
