package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A kernel with the data to run it on.
 *
 * @param name what failures call it
 * @param other the second input, empty where there is none
 * @param outputs elements of the output
 */
record Trial(String name, Kernel kernel, float[] input, float[] other, int outputs) {
    private static final float[] NONE = {};

    Trial(String name, Kernel kernel, float[] input, int outputs) {
        this(name, kernel, input, NONE, outputs);
    }

    /** All tasks in ascending order, in guarded memory. */
    float[] run() {
        return run(IntStream.range(0, kernel.tasks()).toArray());
    }

    /** The tasks in the order given, scratch poisoned before each. */
    float[] run(int[] order) {
        try (TrialMemory memory = new TrialMemory(this, Arena.ofShared())) {
            Scratch scratch = memory.scratch();
            for (int task : order) {
                TrialMemory.poison(scratch);
                kernel.run(task, memory.operands(), scratch);
            }
            return memory.result();
        }
    }

    /** All tasks with the first input as output. */
    float[] runInPlace() {
        try (TrialMemory memory = new TrialMemory(this, Arena.ofShared())) {
            Operands operands = memory.inPlace();
            Scratch scratch = memory.scratch();
            for (int task = 0; task < kernel.tasks(); task++) {
                kernel.run(task, operands, scratch);
            }
            return memory.result();
        }
    }

    /** All tasks, taken by several threads as they come, each with its own scratch. */
    float[] runOnThreads(int threads) {
        try (TrialMemory memory = new TrialMemory(this, Arena.ofShared());
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            AtomicInteger next = new AtomicInteger();
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Scratch scratch = memory.scratch();
                TrialMemory.poison(scratch);
                workers.add(pool.submit(() -> {
                    for (int task = next.getAndIncrement(); task < kernel.tasks(); task = next.getAndIncrement()) {
                        kernel.run(task, memory.operands(), scratch);
                    }
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
            return memory.result();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(name + " on " + threads + " threads", e);
        }
    }

    /** Runs each task alone and checks that each output element is written by exactly one of them. */
    void checkThatTasksPartitionTheOutput() {
        int[] owner = new int[outputs];
        Arrays.fill(owner, -1);
        try (TrialMemory memory = new TrialMemory(this, Arena.ofShared())) {
            Scratch scratch = memory.scratch();
            for (int task = 0; task < kernel.tasks(); task++) {
                memory.clearOutput();
                kernel.run(task, memory.operands(), scratch);
                memory.checkSurroundings();
                for (int i = 0; i < outputs; i++) {
                    if (memory.isWritten(i)) {
                        if (owner[i] != -1) {
                            fail(name + ": tasks " + owner[i] + " and " + task + " both write element " + i);
                        }
                        owner[i] = task;
                    }
                }
            }
        }
        for (int i = 0; i < outputs; i++) {
            if (owner[i] == -1) {
                fail(name + ": element " + i + " is written by no task");
            }
        }
    }

    /**
     * Heap bytes that {@code runs} runs allocate once the code is compiled: measured again and again until they are at
     * most {@code enough}, or the time is up.
     */
    long allocatedBytes(int runs, long enough, long seconds) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TrialMemory memory = new TrialMemory(this, Arena.ofShared())) {
            Scratch scratch = memory.scratch();
            Operands operands = memory.operands();
            long end = System.nanoTime() + seconds * 1_000_000_000;
            long allocated;
            do {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int run = 0; run < runs; run++) {
                    for (int task = 0; task < kernel.tasks(); task++) {
                        kernel.run(task, operands, scratch);
                    }
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            } while (allocated > enough && System.nanoTime() < end);
            return allocated;
        }
    }
}
