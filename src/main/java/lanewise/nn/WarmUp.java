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
 * operation on it a call, hundreds of times slower. Once in a process a thread runs tiny networks of all kernels until they
 * are fast, or until a real run begins, which needs the processors itself.
 */
public final class WarmUp {
    private static final long MOST_NANOSECONDS = 3_000_000_000L;
    /** A run of compiled kernels takes a hundredth of an interpreted one, or less. */
    private static final int FASTER = 60;
    /** Fast runs in a row that show that nothing waits for the compiler any more. */
    private static final int FAST_RUNS = 200;
    /** Frames, rows and columns that do not fill vectors and tiles, so that their ends are compiled too. */
    private static final Shape INPUT = new Shape(1, 1, 5, 9, 19);

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
        Options options = Options.standard().withThreads(1);
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1);
                Session direct = session(arena, workers, options.withAlgorithm(Algorithm.DIRECT));
                Session winograd2 = session(arena, workers, options.withAlgorithm(Algorithm.WINOGRAD2));
                Session winograd4 = session(arena, workers, options.withAlgorithm(Algorithm.WINOGRAD4))) {
            Tensor input = Tensor.allocate(arena, INPUT);
            List<Session> sessions = List.of(direct, winograd2, winograd4);
            sessions.forEach(session -> session.run(input));
            long begin = System.nanoTime();
            long slow = 0;
            int fast = 0;
            while (!stopped && fast < FAST_RUNS) {
                long start = System.nanoTime();
                sessions.forEach(session -> session.run(input));
                long end = System.nanoTime();
                if (end - begin > MOST_NANOSECONDS) {
                    return;
                }
                slow = slow == 0 ? end - start : slow;
                fast = (end - start) * FASTER < slow ? fast + 1 : 0;
            }
        } catch (WeightException e) {
            throw new IllegalStateException("generated weights can always be read", e);
        }
    }

    private static Session session(Arena arena, Workers workers, Options options) throws WeightException {
        return Plan.of(arena, network(), INPUT, options).session(workers);
    }

    /** Each kind of step that fused networks have. */
    static Network network() {
        Weights w = Weights.seeded();
        Dims temporal = new Dims(3, 1, 1);
        Dims before = new Dims(1, 0, 0);
        return new Network("warm-up", 1, seq("",
                conv2d(w.at("stem"), 1, 1, 3, 1, 1, 1, 1), relu(),
                residual(seq("", conv3d(w.at("time"), 1, 1, temporal, Dims.ONE, before), relu(),
                        conv2d(w.at("space"), 1, 1, 3, 1, 1, 1, 1)), identity()), relu(),
                residual(seq("", conv2d(w.at("half"), 1, 1, 3, 2, 1, 1, 1), conv3d(w.at("last"), 1, 1, temporal, Dims.ONE, before)),
                        conv2d(w.at("shortcut"), 1, 1, 1, 2, 0, 1, 1)), relu(),
                maxPool("pool", Dims.spatial(3), Dims.spatial(2), new Dims(0, 1, 1)),
                globalAvgPool(), linear(w.at("fc"), 1, 1)));
    }
}
