package lanewise.kernel;

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
    private static final int WARM_UP_ROUNDS = 50;
    /** Keeps the compiler from dropping work whose result nobody reads. */
    private static volatile float sink;

    private FmaPeak() {}

    /**
     * GFLOP/s of the calling thread, two operations for each multiply-add. Half of the time goes to warming up.
     *
     * @param nanoseconds how long to measure
     */
    public static double gflops(long nanoseconds) {
        return Math.max(gflops(12, FmaPeak::chains12, nanoseconds / 2), gflops(24, FmaPeak::chains24, nanoseconds / 2));
    }

    private static double gflops(int chains, Chains loop, long nanoseconds) {
        // A method is compiled as a whole after many calls, however long they last.
        run(loop, WARM_UP_ROUNDS, nanoseconds / 2);
        long begin = System.nanoTime();
        long calls = run(loop, ROUNDS, nanoseconds / 2);
        return 2.0 * calls * multiplyAdds(chains, ROUNDS) / (System.nanoTime() - begin);
    }

    /** Runs the loop again and again, and counts. */
    private static long run(Chains loop, int rounds, long nanoseconds) {
        long begin = System.nanoTime();
        long calls = 0;
        do {
            sink = loop.run(rounds);
            calls++;
        } while (System.nanoTime() - begin < nanoseconds);
        return calls;
    }

    private interface Chains {
        float run(int rounds);
    }

    /** Multiply-adds of so many rounds of so many chains. */
    public static long multiplyAdds(int chains, int rounds) {
        return (long) chains * rounds * Lanes.COUNT;
    }

    // Each chain is a <- a / 2 + 1, which stays near 2: no overflow, no subnormal number. Chains start apart from
    // each other, or the compiler could see that they are one.

    /** Twelve chains; the result is only there so that the work is. */
    public static float chains12(int rounds) {
        FloatVector half = FloatVector.broadcast(Lanes.SPECIES, 0.5f);
        FloatVector one = FloatVector.broadcast(Lanes.SPECIES, 1f);
        FloatVector a0 = FloatVector.broadcast(Lanes.SPECIES, 0);
        FloatVector a1 = FloatVector.broadcast(Lanes.SPECIES, 1);
        FloatVector a2 = FloatVector.broadcast(Lanes.SPECIES, 2);
        FloatVector a3 = FloatVector.broadcast(Lanes.SPECIES, 3);
        FloatVector a4 = FloatVector.broadcast(Lanes.SPECIES, 4);
        FloatVector a5 = FloatVector.broadcast(Lanes.SPECIES, 5);
        FloatVector a6 = FloatVector.broadcast(Lanes.SPECIES, 6);
        FloatVector a7 = FloatVector.broadcast(Lanes.SPECIES, 7);
        FloatVector a8 = FloatVector.broadcast(Lanes.SPECIES, 8);
        FloatVector a9 = FloatVector.broadcast(Lanes.SPECIES, 9);
        FloatVector a10 = FloatVector.broadcast(Lanes.SPECIES, 10);
        FloatVector a11 = FloatVector.broadcast(Lanes.SPECIES, 11);
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
        FloatVector sum = a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7).add(a8).add(a9).add(a10)
                .add(a11);
        return sum.reduceLanes(VectorOperators.ADD);
    }

    /** Twenty-four chains; the result is only there so that the work is. */
    public static float chains24(int rounds) {
        FloatVector half = FloatVector.broadcast(Lanes.SPECIES, 0.5f);
        FloatVector one = FloatVector.broadcast(Lanes.SPECIES, 1f);
        FloatVector a0 = FloatVector.broadcast(Lanes.SPECIES, 0);
        FloatVector a1 = FloatVector.broadcast(Lanes.SPECIES, 1);
        FloatVector a2 = FloatVector.broadcast(Lanes.SPECIES, 2);
        FloatVector a3 = FloatVector.broadcast(Lanes.SPECIES, 3);
        FloatVector a4 = FloatVector.broadcast(Lanes.SPECIES, 4);
        FloatVector a5 = FloatVector.broadcast(Lanes.SPECIES, 5);
        FloatVector a6 = FloatVector.broadcast(Lanes.SPECIES, 6);
        FloatVector a7 = FloatVector.broadcast(Lanes.SPECIES, 7);
        FloatVector a8 = FloatVector.broadcast(Lanes.SPECIES, 8);
        FloatVector a9 = FloatVector.broadcast(Lanes.SPECIES, 9);
        FloatVector a10 = FloatVector.broadcast(Lanes.SPECIES, 10);
        FloatVector a11 = FloatVector.broadcast(Lanes.SPECIES, 11);
        FloatVector a12 = FloatVector.broadcast(Lanes.SPECIES, 12);
        FloatVector a13 = FloatVector.broadcast(Lanes.SPECIES, 13);
        FloatVector a14 = FloatVector.broadcast(Lanes.SPECIES, 14);
        FloatVector a15 = FloatVector.broadcast(Lanes.SPECIES, 15);
        FloatVector a16 = FloatVector.broadcast(Lanes.SPECIES, 16);
        FloatVector a17 = FloatVector.broadcast(Lanes.SPECIES, 17);
        FloatVector a18 = FloatVector.broadcast(Lanes.SPECIES, 18);
        FloatVector a19 = FloatVector.broadcast(Lanes.SPECIES, 19);
        FloatVector a20 = FloatVector.broadcast(Lanes.SPECIES, 20);
        FloatVector a21 = FloatVector.broadcast(Lanes.SPECIES, 21);
        FloatVector a22 = FloatVector.broadcast(Lanes.SPECIES, 22);
        FloatVector a23 = FloatVector.broadcast(Lanes.SPECIES, 23);
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
        FloatVector sum = a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7).add(a8).add(a9).add(a10)
                .add(a11).add(a12).add(a13).add(a14).add(a15).add(a16).add(a17).add(a18).add(a19).add(a20)
                .add(a21).add(a22).add(a23);
        return sum.reduceLanes(VectorOperators.ADD);
    }
}
