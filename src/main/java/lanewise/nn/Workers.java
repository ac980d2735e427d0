package lanewise.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A fixed group of threads that run the tasks of one job together with the caller. Between two steps of a network a
 * worker waits actively for a moment, then sleeps. Where several sessions share the group, a job that finds it busy runs
 * on its caller's thread alone: nobody waits, and the bits are the same.
 */
public final class Workers implements AutoCloseable {
    /** Work that is cut into tasks. */
    interface Job {
        /** Runs one task; {@code worker} is 0 for the caller and below {@link Workers#threads()} for all. */
        void run(int task, int worker);
    }

    /** Rounds of active waiting, some 20 to 50 microseconds: longer than the gap between two steps. */
    private static final int SPINS = 2_000;
    /** Rounds after which a waiting caller lets others have the processor. */
    private static final int SPINS_BEFORE_YIELD = 200;

    private final int threads;
    private final List<Thread> helpers = new ArrayList<>();
    private final ReentrantLock busy = new ReentrantLock();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private Job job;
    private int tasks;
    private volatile int round;
    private volatile boolean closed;
    private volatile Throwable failure;

    /** @param threads the caller included; at least 1 */
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        this.threads = threads;
        try {
            for (int worker = 1; worker < threads; worker++) {
                int number = worker;
                helpers.add(Thread.ofPlatform().daemon().name("lanewise-" + number).start(() -> serve(number)));
            }
        } catch (RuntimeException | Error e) {
            // The system gives no more threads: those that run already must not stay.
            close();
            throw e;
        }
    }

    public int threads() {
        return threads;
    }

    /**
     * Runs all tasks and returns when the last one has ended; if one throws, so does this call. A job that a task starts
     * finds the group busy.
     */
    void run(Job work, int count) {
        refuseIfClosed();
        if (count == 1 || threads == 1 || busy.isHeldByCurrentThread() || !busy.tryLock()) {
            for (int task = 0; task < count; task++) {
                work.run(task, 0);
            }
            return;
        }
        try {
            refuseIfClosed();
            share(work, count);
        } finally {
            busy.unlock();
        }
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new IllegalStateException("the workers are closed");
        }
    }

    private void share(Job work, int count) {
        job = work;
        tasks = count;
        failure = null;
        next.set(0);
        working.set(helpers.size());
        round++;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
        drain(0);
        int spins = 0;
        while (working.get() != 0) {
            if (++spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        job = null;
        switch (failure) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void drain(int worker) {
        try {
            for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
                job.run(task, worker);
            }
        } catch (RuntimeException | Error e) {
            next.set(tasks);
            failure = e;
        }
    }

    private void serve(int worker) {
        int seen = 0;
        while (true) {
            int spins = 0;
            while (round == seen && !closed) {
                if (++spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            if (closed) {
                return;
            }
            seen = round;
            drain(worker);
            working.decrementAndGet();
        }
    }

    /** Ends the threads and waits for that; sessions that use the group must not run any more. */
    @Override
    public void close() {
        busy.lock();
        try {
            closed = true;
            helpers.forEach(LockSupport::unpark);
        } finally {
            busy.unlock();
        }
        boolean interrupted = false;
        for (Thread helper : helpers) {
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
