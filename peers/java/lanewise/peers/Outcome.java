package lanewise.peers;

import java.util.Comparator;
import java.util.List;

/**
 * What a contest has given.
 *
 * @param peakBefore GFLOP/s of the multiply-add units on as many threads, measured before the rounds
 * @param peakAfter the same after them
 * @param difference the largest of any engine's logits from Lanewise's, relative to the largest logit
 * @param standings Lanewise first
 */
record Outcome(Contest contest, int threads, int rounds, double peakBefore, double peakAfter, double difference,
        Disturbance disturbance, List<Standing> standings) {
    /**
     * Processors that were busy with something else while an engine ran, on average.
     *
     * @param waiting by engines that wait for their turn
     * @param foreign by all that is no engine, also by the benchmark itself; near 0 on a machine of one's own. The system
     *        counts in hundredths of a second, so that short runs may show a little of either sign.
     */
    record Disturbance(double waiting, double foreign) {}

    /**
     * One engine.
     *
     * @param milliseconds of one run
     * @param ratio Lanewise's time by this engine's in the same round
     * @param peakBytes the most that its process had resident
     */
    record Standing(Contestant contestant, String version, Spread milliseconds, Spread ratio, long peakBytes) {}

    double peak() {
        return (peakBefore + peakAfter) / 2;
    }

    Standing lanewise() {
        return standings.getFirst();
    }

    Standing bestPeer() {
        return standings.stream().skip(1).min(Comparator.comparingDouble(one -> one.milliseconds().median())).orElseThrow();
    }

    /** Lanewise's memory by that of ONNX Runtime on the network as it is exported. */
    double memoryRatio() {
        Standing onnx = standings.stream().filter(one -> one.contestant() == Contestant.ONNX_RUNTIME).findFirst().orElseThrow();
        return lanewise().peakBytes() / (double) onnx.peakBytes();
    }

    /** By the direct algorithm's count, whatever the engine does. */
    double gflops(Standing standing) {
        return 2.0 * contest.multiplyAdds() / standing.milliseconds().median() / 1e6;
    }
}
