package lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import lanewise.kernel.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every task runs once, on a worker of its own, whoever asks and whatever goes wrong. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyTaskRunsOnce(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int round = 0; round < 50; round++) {
                for (int count : new int[] {0, 1, 2, 3, 4, 7, 100, 1001}) {
                    assertOnce(workers, count);
                }
            }
        }
    }

    /** Also that no two tasks run as one worker at a time: they would share its scratch memory. */
    private static void assertOnce(Workers workers, int count) {
        AtomicIntegerArray runs = new AtomicIntegerArray(count);
        AtomicIntegerArray active = new AtomicIntegerArray(workers.threads());
        AtomicIntegerArray clashes = new AtomicIntegerArray(1);
        workers.run((task, worker) -> {
            clashes.addAndGet(0, active.incrementAndGet(worker) == 1 ? 0 : 1);
            runs.incrementAndGet(task);
            active.decrementAndGet(worker);
        }, count);
        for (int task = 0; task < count; task++) {
            assertEquals(1, runs.get(task), "runs of task " + task + " of " + count);
        }
        assertEquals(0, clashes.get(0), "tasks that shared a worker");
    }

    @Test
    void sleepingHelpersAwake() throws InterruptedException {
        try (Workers workers = new Workers(3)) {
            for (int round = 0; round < 5; round++) {
                Thread.sleep(20);
                assertOnce(workers, 50);
            }
        }
    }

    @Test
    void severalCallersAtOnce() throws Exception {
        try (Workers workers = new Workers(3); ExecutorService callers = Executors.newFixedThreadPool(4)) {
            List<Future<?>> jobs = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                jobs.add(callers.submit(() -> {
                    for (int round = 0; round < 500; round++) {
                        assertOnce(workers, 1 + round % 20);
                    }
                }));
            }
            for (Future<?> job : jobs) {
                job.get();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aTaskMayStartAnotherJob(int threads) {
        try (Workers workers = new Workers(threads)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(20 * 30);
            for (int round = 0; round < 50; round++) {
                workers.run((outer, _) -> workers.run((inner, _) -> runs.incrementAndGet(30 * outer + inner), 30), 20);
            }
            for (int task = 0; task < runs.length(); task++) {
                assertEquals(50, runs.get(task), "runs of task " + task);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anExceptionReachesTheCaller(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int count : new int[] {1, 2, 10}) {
                IllegalArgumentException thrown = new IllegalArgumentException("task failed");
                assertSame(thrown, assertThrows(RuntimeException.class, () -> workers.run((task, _) -> {
                    if (task == count - 1) {
                        throw thrown;
                    }
                }, count)));
                assertOnce(workers, 100);
            }
        }
    }

    @Test
    void anErrorOnAHelperReachesTheCaller() {
        AssertionError thrown = new AssertionError("helper failed");
        CountDownLatch failed = new CountDownLatch(1);
        try (Workers workers = new Workers(2)) {
            assertSame(thrown, assertThrows(AssertionError.class, () -> workers.run((_, worker) -> {
                if (worker == 1) {
                    failed.countDown();
                    throw thrown;
                }
                await(failed);
            }, 2)));
            assertOnce(workers, 100);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "the helper never ran");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aClosedGroupRefuses(int threads) {
        Workers workers = new Workers(threads);
        workers.close();
        for (int count : new int[] {1, 5}) {
            assertThrows(IllegalStateException.class, () -> workers.run((_, _) -> { }, count));
        }
        workers.close();
    }

    @Test
    void theThreadsEndAfterClose() throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Workers workers = new Workers(4);
        Set<Thread> helpers = new HashSet<>(Thread.getAllStackTraces().keySet());
        helpers.removeAll(before);
        helpers.removeIf(thread -> !thread.getName().startsWith("lanewise-"));
        assertEquals(3, helpers.size());
        assertOnce(workers, 100);
        workers.close();
        Instant deadline = Instant.now().plus(Duration.ofSeconds(10));
        while (helpers.stream().anyMatch(Thread::isAlive) && Instant.now().isBefore(deadline)) {
            Thread.sleep(5);
        }
        assertFalse(helpers.stream().anyMatch(Thread::isAlive), "threads still live 10 seconds after close");
    }

    @Test
    void aGroupHasAtLeastItsCaller() {
        assertThrows(IllegalArgumentException.class, () -> new Workers(0));
    }

    /** The JVM turns a container's limit into its count of processors, which this sets as the container would. */
    @Test
    void threadsFollowTheProcessorsThatTheJvmMayUse(@TempDir Path folder) throws Exception {
        ChildJvm.run(folder, ThreeProcessors.class, "-XX:ActiveProcessorCount=3");
    }

    static final class ThreeProcessors {
        public static void main(String[] args) {
            int threads = Options.standard().threads();
            if (threads != 3) {
                throw new AssertionError(threads + " threads on 3 processors");
            }
        }
    }
}
