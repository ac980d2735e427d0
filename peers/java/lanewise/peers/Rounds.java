package lanewise.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import lanewise.kernel.FmaPeak;

/**
 * How a contest is measured. All engines are up at once, each in its own process, and take turns: a round is one turn of
 * each, and the order rotates from round to round. A turn is a pause, one run that nobody times, since the last engine has
 * taken the caches and threads have gone to sleep, and one run that is timed.
 *
 * @param rounds how many
 * @param warmUp seconds that each engine runs beforehand
 */
record Rounds(int rounds, double warmUp) {
    /** Native pools spin for a while after a run; {@link Outcome.Disturbance#waiting} shows that this is long enough. */
    private static final Duration PAUSE = Duration.ofMillis(30);
    private static final double LARGEST_DIFFERENCE = 1e-4;

    /** @throws IOException also if an engine's answer is another than Lanewise's: then no time is worth anything */
    Outcome run(Contest contest, int threads, Path models, Path input) throws IOException, InterruptedException {
        List<EngineProcess> engines = new ArrayList<>();
        try {
            for (Contestant contestant : contest.contestants()) {
                engines.add(EngineProcess.start(contestant, contest.model(models, contestant), input, threads));
            }
            double difference = compare(engines);
            for (EngineProcess engine : engines) {
                warmUp(engine);
            }
            double before = FmaPeak.measure(threads);
            double[][] times = new double[engines.size()][rounds];
            Outcome.Disturbance disturbance = measure(engines, times);
            double after = FmaPeak.measure(threads);
            List<Outcome.Standing> standings = new ArrayList<>();
            for (int i = 0; i < engines.size(); i++) {
                EngineProcess engine = engines.get(i);
                standings.add(new Outcome.Standing(engine.contestant(), engine.version(), Spread.of(times[i]),
                        Spread.ofRatios(times[0], times[i]), engine.peakBytes()));
            }
            return new Outcome(contest, threads, rounds, before, after, difference, disturbance, standings);
        } finally {
            engines.forEach(EngineProcess::close);
        }
    }

    /** The largest difference of any engine's logits from the first one's, relative to the largest of them. */
    private static double compare(List<EngineProcess> engines) throws IOException {
        float[] expected = engines.getFirst().logits();
        double worst = 0;
        for (EngineProcess engine : engines.subList(1, engines.size())) {
            double difference = difference(expected, engine.logits());
            // Written so that NaN fails.
            if (!(difference <= LARGEST_DIFFERENCE)) {
                throw new IOException(engine.contestant().title() + " answers " + difference
                        + " of the largest logit apart from Lanewise; are the model files of one export?");
            }
            worst = Math.max(worst, difference);
        }
        return worst;
    }

    static double difference(float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return Double.NaN;
        }
        double largest = IntStream.range(0, expected.length).mapToDouble(i -> Math.abs(expected[i])).max().orElseThrow();
        return IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs((double) expected[i] - actual[i])).max().orElseThrow() / largest;
    }

    private void warmUp(EngineProcess engine) throws IOException {
        long begin = System.nanoTime();
        do {
            engine.run();
        } while (System.nanoTime() - begin < warmUp * 1e9);
    }

    /** Fills in milliseconds by engine and round. */
    private Outcome.Disturbance measure(List<EngineProcess> engines, double[][] times) throws IOException, InterruptedException {
        double turns = 0;
        double waiting = 0;
        double foreign = 0;
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < engines.size(); turn++) {
                int mine = (round + turn) % engines.size();
                EngineProcess engine = engines.get(mine);
                List<EngineProcess> others = engines.stream().filter(other -> other != engine).toList();
                Thread.sleep(PAUSE);
                double othersBefore = processorSeconds(others);
                double foreignBefore = Machine.busySeconds() - processorSeconds(engines);
                long begin = System.nanoTime();
                engine.run();
                times[mine][round] = engine.run();
                turns += (System.nanoTime() - begin) / 1e9;
                waiting += processorSeconds(others) - othersBefore;
                foreign += Machine.busySeconds() - processorSeconds(engines) - foreignBefore;
            }
        }
        return new Outcome.Disturbance(waiting / turns, foreign / turns);
    }

    private static double processorSeconds(List<EngineProcess> engines) {
        return engines.stream().mapToDouble(engine -> engine.processorTime().toNanos() / 1e9).sum();
    }
}
