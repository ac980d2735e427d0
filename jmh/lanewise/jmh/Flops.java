package lanewise.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Counts floating-point operations, two per fused multiply-add. JMH divides the sum over all threads by the time:
 * with the output unit of seconds the column {@code GFLOP} in {@code ops/s} reads as GFLOP/s.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Flops {
    public double GFLOP;

    /** Counts {@code n} fused multiply-adds. */
    public void fma(long n) {
        GFLOP += 2e-9 * n;
    }
}
