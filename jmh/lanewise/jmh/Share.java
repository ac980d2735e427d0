package lanewise.jmh;

import lanewise.kernel.FmaPeak;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a benchmark computes, beside what the machine can: {@code GFLOP} in {@code ops/s} reads as GFLOP/s, and
 * {@code percentOfPeak} in {@code ops/s} as per cent of the FMA peak of one thread, measured before each iteration.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Share {
    public double GFLOP;
    public double percentOfPeak;
    private double peak;

    @Setup(Level.Iteration)
    public void measurePeak() {
        peak = FmaPeak.measure(1);
    }

    /** Counts {@code n} multiply-adds of the direct algorithm. */
    public void multiplyAdds(long n) {
        GFLOP += 2e-9 * n;
        percentOfPeak += 2e-7 * n / peak;
    }
}
