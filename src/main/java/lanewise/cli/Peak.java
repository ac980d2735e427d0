package lanewise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lanewise.kernel.FmaPeak;

/** What the machine's multiply-add units give at most, on a number of threads at once. */
final class Peak {
    /** Long enough for the compiler to finish with the loops on a busy machine. */
    private static final long NANOSECONDS = 2_000_000_000;

    private Peak() {}

    /** GFLOP/s of all threads together. */
    static double gflops(int threads) {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Callable<Double>> loops = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                loops.add(() -> FmaPeak.gflops(NANOSECONDS));
            }
            double sum = 0;
            for (Future<Double> loop : pool.invokeAll(loops)) {
                sum += loop.get();
            }
            return sum;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("measuring the peak failed", e.getCause());
        }
    }
}
