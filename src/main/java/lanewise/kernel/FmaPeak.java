package lanewise.kernel;

import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.SPECIES;

import java.util.Arrays;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The machine's peak of fused multiply-adds, the yardstick for every kernel: independent chains that live in registers
 * and touch no memory. A chain waits for its own last result, so there must be at least latency times units of them:
 * 12 chains and two constants fit 16 registers (AVX2) and cover two units of latency 4 to 6;
 * 24 chains need 32 registers (AVX-512, NEON) and cover four units. The larger figure is the peak.
 */
public final class FmaPeak {
    private static final int ROUNDS = 10_000;
    /** A method is compiled as a whole after many calls, however short, but not during a long one. */
    private static final int WARM_UP_ROUNDS = 50;
    private static final long WARM_UP_NANOS = 500_000_000;
    private static final long SAMPLE_NANOS = 50_000_000;
    private static final int SAMPLES = 7;

    private FmaPeak() {}

    /** A loop of a known number of fused multiply-adds. */
    public enum Chains {
        TWELVE(12) {
            @Override
            public float run(int rounds) {
                return twelve(rounds);
            }
        },
        TWENTY_FOUR(24) {
            @Override
            public float run(int rounds) {
                return twentyFour(rounds);
            }
        };

        private final int count;

        Chains(int count) {
            this.count = count;
        }

        /** Fused multiply-adds of one {@link #run}, counted by the lane. */
        public long multiplyAdds(int rounds) {
            return (long) rounds * count * COUNT;
        }

        /** Runs the loop; the result only keeps the compiler from leaving it out. */
        public abstract float run(int rounds);
    }

    /**
     * Measures the peak in about two seconds: the better loop's median.
     *
     * @param threads how many work at once
     * @return GFLOP/s of all together
     */
    public static double measure(int threads) {
        return Arrays.stream(Chains.values()).mapToDouble(chains -> measure(chains, threads)).max().orElseThrow();
    }

    private static double measure(Chains chains, int threads) {
        work(chains, WARM_UP_ROUNDS, System.nanoTime() + WARM_UP_NANOS);
        double[] rates = IntStream.range(0, SAMPLES).mapToDouble(_ -> together(chains, threads)).sorted().toArray();
        return rates[SAMPLES / 2];
    }

    /**
     * The work of several threads in one window of time, from their common begin to the last one's end. Rates of their own
     * would not add up where threads wait for each other's processors.
     */
    private static double together(Chains chains, int threads) {
        LongAdder done = new LongAdder();
        AtomicLong began = new AtomicLong();
        CyclicBarrier begin = new CyclicBarrier(threads, () -> began.set(System.nanoTime()));
        Thread[] others = new Thread[threads - 1];
        Runnable work = () -> {
            try {
                begin.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IllegalStateException("the measurement was interrupted", e);
            }
            done.add(work(chains, ROUNDS, began.get() + SAMPLE_NANOS));
        };
        Arrays.setAll(others, _ -> Thread.ofPlatform().daemon().start(work));
        work.run();
        for (Thread other : others) {
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("the measurement was interrupted", e);
            }
        }
        return 2.0 * done.sum() / (System.nanoTime() - began.get());
    }

    /** Fused multiply-adds done until {@code end}, as {@link System#nanoTime} tells it; at least one call of the loop. */
    private static long work(Chains chains, int rounds, long end) {
        long done = 0;
        float keep = 0;
        do {
            keep += chains.run(rounds);
            done += chains.multiplyAdds(rounds);
        } while (System.nanoTime() - end < 0);
        // Never true: the sum stays finite. It makes the results count for the compiler.
        return Float.isNaN(keep) ? 0 : done;
    }

    // Each chain is a <- a / 2 + 1, which stays near 2: no overflow, no subnormal number. Chains start apart from
    // each other, or the compiler could see that they are one.

    private static float twelve(int rounds) {
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector a0 = FloatVector.broadcast(SPECIES, 0);
        FloatVector a1 = FloatVector.broadcast(SPECIES, 1);
        FloatVector a2 = FloatVector.broadcast(SPECIES, 2);
        FloatVector a3 = FloatVector.broadcast(SPECIES, 3);
        FloatVector a4 = FloatVector.broadcast(SPECIES, 4);
        FloatVector a5 = FloatVector.broadcast(SPECIES, 5);
        FloatVector a6 = FloatVector.broadcast(SPECIES, 6);
        FloatVector a7 = FloatVector.broadcast(SPECIES, 7);
        FloatVector a8 = FloatVector.broadcast(SPECIES, 8);
        FloatVector a9 = FloatVector.broadcast(SPECIES, 9);
        FloatVector a10 = FloatVector.broadcast(SPECIES, 10);
        FloatVector a11 = FloatVector.broadcast(SPECIES, 11);
        for (int round = 0; round < rounds; round++) {
            a0 = a0.fma(half, one);
            a1 = a1.fma(half, one);
            a2 = a2.fma(half, one);
            a3 = a3.fma(half, one);
            a4 = a4.fma(half, one);
            a5 = a5.fma(half, one);
            a6 = a6.fma(half, one);
            a7 = a7.fma(half, one);
            a8 = a8.fma(half, one);
            a9 = a9.fma(half, one);
            a10 = a10.fma(half, one);
            a11 = a11.fma(half, one);
        }
        return a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7).add(a8).add(a9).add(a10).add(a11)
                .reduceLanes(VectorOperators.ADD);
    }

    private static float twentyFour(int rounds) {
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector a0 = FloatVector.broadcast(SPECIES, 0);
        FloatVector a1 = FloatVector.broadcast(SPECIES, 1);
        FloatVector a2 = FloatVector.broadcast(SPECIES, 2);
        FloatVector a3 = FloatVector.broadcast(SPECIES, 3);
        FloatVector a4 = FloatVector.broadcast(SPECIES, 4);
        FloatVector a5 = FloatVector.broadcast(SPECIES, 5);
        FloatVector a6 = FloatVector.broadcast(SPECIES, 6);
        FloatVector a7 = FloatVector.broadcast(SPECIES, 7);
        FloatVector a8 = FloatVector.broadcast(SPECIES, 8);
        FloatVector a9 = FloatVector.broadcast(SPECIES, 9);
        FloatVector a10 = FloatVector.broadcast(SPECIES, 10);
        FloatVector a11 = FloatVector.broadcast(SPECIES, 11);
        FloatVector a12 = FloatVector.broadcast(SPECIES, 12);
        FloatVector a13 = FloatVector.broadcast(SPECIES, 13);
        FloatVector a14 = FloatVector.broadcast(SPECIES, 14);
        FloatVector a15 = FloatVector.broadcast(SPECIES, 15);
        FloatVector a16 = FloatVector.broadcast(SPECIES, 16);
        FloatVector a17 = FloatVector.broadcast(SPECIES, 17);
        FloatVector a18 = FloatVector.broadcast(SPECIES, 18);
        FloatVector a19 = FloatVector.broadcast(SPECIES, 19);
        FloatVector a20 = FloatVector.broadcast(SPECIES, 20);
        FloatVector a21 = FloatVector.broadcast(SPECIES, 21);
        FloatVector a22 = FloatVector.broadcast(SPECIES, 22);
        FloatVector a23 = FloatVector.broadcast(SPECIES, 23);
        for (int round = 0; round < rounds; round++) {
            a0 = a0.fma(half, one);
            a1 = a1.fma(half, one);
            a2 = a2.fma(half, one);
            a3 = a3.fma(half, one);
            a4 = a4.fma(half, one);
            a5 = a5.fma(half, one);
            a6 = a6.fma(half, one);
            a7 = a7.fma(half, one);
            a8 = a8.fma(half, one);
            a9 = a9.fma(half, one);
            a10 = a10.fma(half, one);
            a11 = a11.fma(half, one);
            a12 = a12.fma(half, one);
            a13 = a13.fma(half, one);
            a14 = a14.fma(half, one);
            a15 = a15.fma(half, one);
            a16 = a16.fma(half, one);
            a17 = a17.fma(half, one);
            a18 = a18.fma(half, one);
            a19 = a19.fma(half, one);
            a20 = a20.fma(half, one);
            a21 = a21.fma(half, one);
            a22 = a22.fma(half, one);
            a23 = a23.fma(half, one);
        }
        return a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7).add(a8).add(a9).add(a10).add(a11)
                .add(a12).add(a13).add(a14).add(a15).add(a16).add(a17).add(a18).add(a19).add(a20).add(a21)
                .add(a22).add(a23).reduceLanes(VectorOperators.ADD);
    }
}
