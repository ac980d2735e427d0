package lanewise.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import lanewise.nn.Program;
import lanewise.nn.Session;
import lanewise.nn.WarmUp;
import lanewise.nn.Workers;
import lanewise.tensor.Shape;

/** Idle sessions of a model, the latest used first; the oldest are closed when there are more than a few or they hold too
 * much memory. The last one used stays whatever it holds. */
final class Sessions implements AutoCloseable {
    private static final int MOST_IDLE = 4;

    private final Program program;
    private final Workers workers;
    private final long mostIdleBytes;
    private final Deque<Session> idle = new ArrayDeque<>();

    /** @param mostIdleBytes native memory that idle sessions may hold together */
    Sessions(Program program, Workers workers, long mostIdleBytes) {
        this.mostIdleBytes = mostIdleBytes;
        this.program = program;
        this.workers = workers;
    }

    /** An idle session for this shape, or a new one. */
    Session borrow(Shape shape) {
        synchronized (idle) {
            for (Iterator<Session> each = idle.iterator(); each.hasNext();) {
                Session session = each.next();
                if (session.plan().input().equals(shape)) {
                    each.remove();
                    return session;
                }
            }
        }
        Session session = program.plan(shape).session(workers);
        WarmUp.stop();
        return session;
    }

    void giveBack(Session session) {
        List<Session> surplus = new ArrayList<>();
        synchronized (idle) {
            idle.addFirst(session);
            while (idle.size() > MOST_IDLE || idle.size() > 1 && idleBytes() > mostIdleBytes) {
                surplus.add(idle.removeLast());
            }
        }
        surplus.forEach(Session::close);
    }

    private long idleBytes() {
        return idle.stream().mapToLong(session -> session.plan().sessionBytes()).sum();
    }

    @Override
    public void close() {
        synchronized (idle) {
            idle.forEach(Session::close);
            idle.clear();
        }
    }
}
