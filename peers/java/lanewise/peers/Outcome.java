package lanewise.peers;

import java.util.Comparator;
import java.util.List;

/**
 * What a contest has given.
 *
 * @param peak GFLOP/s of the multiply-add units on as many threads, the mean of before and after
 * @param difference the largest of any engine's logits from Lanewise's, relative to the largest logit
 * @param idleShare processors that waiting engines used on average while another one was timed
 * @param standings Lanewise first
 */
record Outcome(Contest contest, int threads, int rounds, double peak, double difference, double idleShare,
        List<Standing> standings) {
    /**
     * One engine.
     *
     * @param milliseconds of one run
     * @param ratio Lanewise's time by this engine's in the same round
     * @param peakBytes the most that its process had resident
     */
    record Standing(Contestant contestant, String version, Spread milliseconds, Spread ratio, long peakBytes) {}

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

    double gflops(Standing standing) {
        return 2.0 * contest.multiplyAdds() / standing.milliseconds().median() / 1e6;
    }
}
