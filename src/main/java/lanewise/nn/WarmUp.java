package lanewise.nn;

import static lanewise.nn.Layers.conv2d;
import static lanewise.nn.Layers.conv3d;
import static lanewise.nn.Layers.globalAvgPool;
import static lanewise.nn.Layers.identity;
import static lanewise.nn.Layers.linear;
import static lanewise.nn.Layers.maxPool;
import static lanewise.nn.Layers.relu;
import static lanewise.nn.Layers.residual;
import static lanewise.nn.Layers.seq;

import java.lang.foreign.Arena;
import java.util.List;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;

/**
 * Makes the JVM compile the vector kernels before the first answer needs them: until then each vector is an object and each
 * operation on it a call, hundreds of times slower. Once in a process a thread runs tiny networks of all kernels but those of
 * channel gates and of averages over windows, which few networks have, until they are fast, or until a real run begins, which
 * needs the processors itself.
 */
public final class WarmUp {
    private static final long MOST_NANOSECONDS = 3_000_000_000L;
    /** A run of compiled kernels takes a hundredth of an interpreted one, or less. */
    private static final int FASTER = 60;
    /** Fast runs in a row that show that nothing waits for the compiler any more. */
    private static final int FAST_RUNS = 200;
    /**
     * Frames, rows and columns that do not fill vectors, panels and tiles, neither whole nor halved once, twice and three
     * times, so that their ends are compiled too, at any width of vectors.
     */
    static final Shape INPUT = new Shape(1, 3, 5, 13, 38);
    /** More channels than any convolution on padded planes takes. */
    private static final int MANY = 33;

    private static volatile boolean stopped;

    private WarmUp() {}

    private static final class Once {
        /** If this fails, nothing else does: the first run is slow, or says what is wrong. */
        static final Thread THREAD = Thread.ofPlatform().daemon().name("lanewise-warm-up")
                .uncaughtExceptionHandler((_, _) -> { }).start(WarmUp::run);
    }

    /** Starts warming up, unless that was done before. */
    public static void start() {
        Once.THREAD.getName();
    }

    /** Ends warming up soon, for good. */
    public static void stop() {
        stopped = true;
    }

    private static void run() {
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1)) {
            Tensor input = Tensor.allocate(arena, INPUT);
            List<Session> sessions = sessions(arena, workers);
            try {
                repeat(() -> sessions.forEach(session -> session.run(input)));
            } finally {
                sessions.forEach(Session::close);
            }
        } catch (WeightException e) {
            throw new IllegalStateException("generated weights can always be read", e);
        }
    }

    private static void repeat(Runnable runs) {
        long begin = System.nanoTime();
        long slow = 0;
        int fast = 0;
        while (!stopped && fast < FAST_RUNS) {
            long start = System.nanoTime();
            runs.run();
            long end = System.nanoTime();
            if (end - begin > MOST_NANOSECONDS) {
                return;
            }
            slow = slow == 0 ? end - start : slow;
            fast = (end - start) * FASTER < slow ? fast + 1 : 0;
        }
    }

    /** One session for each algorithm, on tiny networks whose steps together run all that most networks run. */
    static List<Session> sessions(Arena arena, Workers workers) throws WeightException {
        Options options = Options.standard().withThreads(1);
        return List.of(Plan.of(arena, direct(), INPUT, options.withAlgorithm(Algorithm.DIRECT)).session(workers),
                Plan.of(arena, minimal(), INPUT, options.withAlgorithm(Algorithm.WINOGRAD2)).session(workers),
                Plan.of(arena, minimal(), INPUT, options.withAlgorithm(Algorithm.WINOGRAD4)).session(workers));
    }

    /**
     * Each kind of step that fused networks have, but for gates and averages over windows: on padded planes by fours and by
     * eights, on panels, pools, classifier.
     */
    private static Network direct() {
        Weights w = Weights.seeded();
        return new Network("warm-up, direct", 3, seq("",
                conv2d(w.at("stem"), 3, 8, 3, 2, 1, 1, 1), relu(),
                residual(seq("", conv2d(w.at("groups"), 8, 8, 3, 1, 1, 1, 2), relu(), along(w.at("time"), 8, 8)), identity()),
                relu(),
                maxPool("pool", Dims.spatial(3), Dims.spatial(2), new Dims(0, 1, 1)),
                conv2d(w.at("wide"), 8, MANY, 1, 1, 0, 1, 1), relu(),
                residual(conv2d(w.at("many"), MANY, MANY, 1, 1, 0, 1, 1), identity()), relu(),
                residual(seq("", conv2d(w.at("half"), MANY, 8, 3, 2, 1, 1, 1), relu(), conv2d(w.at("last"), 8, 16, 1, 1, 0, 1, 1)),
                        conv2d(w.at("shortcut"), MANY, 16, 1, 2, 0, 1, 1)),
                globalAvgPool(), linear(w.at("fc"), 16, 2)));
    }

    /** Convolutions that have Winograd's forms, with and without a residual, on many positions and on few. */
    private static Network minimal() {
        Weights w = Weights.seeded();
        return new Network("warm-up, minimal filters", 3, seq("",
                maxPool("pool", Dims.spatial(3), Dims.spatial(2), new Dims(0, 1, 1)),
                conv2d(w.at("stem"), 3, 8, 3, 1, 1, 1, 1), relu(), along(w.at("time"), 8, 3), relu(),
                maxPool("pool2", Dims.spatial(3), Dims.spatial(4), new Dims(0, 1, 1)),
                conv2d(w.at("wide"), 3, 16, 3, 1, 1, 1, 1), relu(),
                residual(seq("", along(w.at("first"), 16, 16), relu(), conv2d(w.at("space"), 16, 16, 3, 1, 1, 1, 1)), identity()),
                relu(),
                residual(along(w.at("last"), 16, 16), identity()), relu()));
    }

    private static Layer along(Weights w, int in, int out) {
        return conv3d(w, in, out, new Dims(3, 1, 1), Dims.ONE, new Dims(1, 0, 0));
    }
}
