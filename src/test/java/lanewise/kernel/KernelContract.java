package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link Kernel} promises of every operation, whatever it computes. */
abstract class KernelContract {
    /** The measurement itself may cost a little; one object per run would be 3,200 bytes. */
    private static final long ALLOCATION_NOISE = 512;
    private static final int ALLOCATION_RUNS = 200;
    private static final long WARM_UP_SECONDS = 60;

    /** Owns the weights of the trials; shared, so that several threads may read them. */
    private Arena arena;

    @BeforeEach
    final void openArena() {
        arena = Arena.ofShared();
    }

    @AfterEach
    final void closeArena() {
        arena.close();
    }

    abstract Kernel.Mode mode();

    /** A few instances that have several tasks where the operation can, on data without special values. */
    abstract List<Trial> trials(Arena arena);

    @Test
    final void declaresItsMode() {
        for (Trial trial : trials(arena)) {
            assertEquals(mode(), trial.kernel().mode(), trial.name());
        }
    }

    @Test
    final void tasksPartitionTheOutput() {
        trials(arena).forEach(Trial::checkThatTasksPartitionTheOutput);
    }

    @Test
    final void orderOfTasksDoesNotChangeBits() {
        for (Trial trial : trials(arena)) {
            float[] expected = trial.run();
            int tasks = trial.kernel().tasks();
            for (int seed = 0; seed < 20; seed++) {
                Random random = new Random(seed);
                List<Integer> order = new ArrayList<>(IntStream.range(0, tasks).boxed().toList());
                Collections.shuffle(order, random);
                Gate.sameBits(trial.name(), expected, trial.run(order.stream().mapToInt(Integer::intValue).toArray()));
            }
        }
    }

    @Test
    final void threadsDoNotChangeBits() {
        for (Trial trial : trials(arena)) {
            float[] expected = trial.run();
            for (int threads = 2; threads <= 3; threads++) {
                for (int repeat = 0; repeat < 10; repeat++) {
                    Gate.sameBits(trial.name() + " on " + threads + " threads", expected, trial.runOnThreads(threads));
                }
            }
        }
    }

    @Test
    final void allocatesNothing() {
        for (Trial trial : trials(arena)) {
            long bytes = trial.allocatedBytes(ALLOCATION_RUNS, ALLOCATION_NOISE, WARM_UP_SECONDS);
            assertTrue(bytes <= ALLOCATION_NOISE,
                    () -> trial.name() + ": " + ALLOCATION_RUNS + " runs of " + trial.kernel().tasks() + " tasks allocate " + bytes + " bytes");
        }
    }
}
