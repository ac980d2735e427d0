package lanewise.nn;

import java.util.List;

/**
 * How a network is to be run.
 *
 * @param vectors whether to use the vector kernels (the default) or the plain ones that define their results
 * @param fused whether batch norm, ReLU and residual sums are folded into convolutions (the default) or run one by one,
 *        which is slower and verifies the fusion
 * @param threads how many threads share the work; the result has the same bits for any number
 * @param keep paths of layers whose outputs stay readable after a run
 * @param algorithm how convolutions are computed; with vectors and without give the same bits
 * @param memory what the plan trades for speed, where the algorithm leaves it the choice
 */
public record Options(boolean vectors, boolean fused, int threads, List<String> keep, Algorithm algorithm, Memory memory) {
    /** Vector kernels, fused, one thread for each processor that the JVM may use. */
    public static Options standard() {
        return new Options(true, true, Runtime.getRuntime().availableProcessors(), List.of(), Algorithm.AUTO,
                Memory.FAST);
    }

    public Options {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("threads must be 1 to 1024, not " + threads);
        }
        keep = List.copyOf(keep);
    }

    public Options scalar() {
        return new Options(false, fused, threads, keep, algorithm, memory);
    }

    public Options unfused() {
        return new Options(vectors, false, threads, keep, algorithm, memory);
    }

    public Options withThreads(int count) {
        return new Options(vectors, fused, count, keep, algorithm, memory);
    }

    public Options keeping(List<String> paths) {
        return new Options(vectors, fused, threads, paths, algorithm, memory);
    }

    public Options withAlgorithm(Algorithm other) {
        return new Options(vectors, fused, threads, keep, other, memory);
    }

    public Options withMemory(Memory other) {
        return new Options(vectors, fused, threads, keep, algorithm, other);
    }
}
