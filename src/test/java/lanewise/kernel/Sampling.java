package lanewise.kernel;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Runs a test on random samples, each from a seed of its own that a failure names.
 *
 * <p>{@code -Dlanewise.kernel.samples=20000} raises the number of samples of each test and lifts the limit on its time:
 * the nightly run. {@code -Dlanewise.kernel.seed=N} repeats a run from the seed that it printed.
 */
final class Sampling {
    private static final long SECONDS = 4;
    private static final int FEWEST = 100;

    private Sampling() {}

    static void run(String what, int samples, Consumer<RandomGenerator> test) {
        boolean nightly = Integer.getInteger("lanewise.kernel.samples") != null;
        int wanted = Integer.getInteger("lanewise.kernel.samples", samples);
        long first = Long.getLong("lanewise.kernel.seed", System.nanoTime());
        long end = System.nanoTime() + SECONDS * 1_000_000_000;
        int done = 0;
        while (done < wanted && (nightly || done < FEWEST || System.nanoTime() < end)) {
            try {
                test.accept(new SplittableRandom(first + done));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(what + ": repeat with -Dlanewise.kernel.seed=" + (first + done), e);
            }
            done++;
        }
        System.out.println(what + ": " + done + " samples from seed " + first);
    }
}
