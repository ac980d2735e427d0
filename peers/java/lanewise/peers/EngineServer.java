package lanewise.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The side of an engine's process: one network in one engine, which runs when a line on standard input says so. */
final class EngineServer {
    /** Answered with the logits of the whole batch, separated by spaces. */
    static final String ANSWER = "answer";
    /** Answered with the nanoseconds of one run. */
    static final String RUN = "run";

    private EngineServer() {}

    /** One network, one input and a fixed number of threads. */
    interface Engine {
        /** Name and version of the engine. */
        String version();

        /** From the input's memory to logits in memory of the caller's: all that a user would wait for. */
        float[] run() throws Exception;
    }

    /** How an engine comes up. */
    interface Loader {
        /** @param input one tensor as numpy.save writes it, float32 */
        Engine load(Path model, Path input, int threads) throws Exception;
    }

    /** Loads and serves until standard input ends. The first line out is the engine's version.
     *
     * @param arguments model, input, threads
     */
    static void serve(Loader loader, String... arguments) throws Exception {
        PrintStream answers = System.out;
        // What a library prints is no answer.
        System.setOut(System.err);
        Engine engine = loader.load(Path.of(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]));
        answers.println(engine.version());
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            answers.println(switch (command) {
                case ANSWER -> text(engine.run());
                case RUN -> nanoseconds(engine);
                default -> throw new IOException("no such command: " + command);
            });
        }
    }

    private static String nanoseconds(Engine engine) throws Exception {
        long begin = System.nanoTime();
        engine.run();
        return Long.toString(System.nanoTime() - begin);
    }

    static String text(float[] logits) {
        return IntStream.range(0, logits.length).mapToObj(i -> Float.toString(logits[i])).collect(Collectors.joining(" "));
    }

    /** The inverse of what an {@link #ANSWER} is written by. */
    static float[] logits(String text) {
        String[] words = text.split(" ");
        float[] logits = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            logits[i] = Float.parseFloat(words[i]);
        }
        return logits;
    }
}
