package lanewise.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import lanewise.nn.Program;
import lanewise.nn.Session;
import lanewise.nn.Workers;
import lanewise.tensor.Shape;

/** Idle sessions of a model, the latest used first; the oldest are closed when there are more than a few. */
final class Sessions implements AutoCloseable {
    private static final int MOST_IDLE = 4;

    private final Program program;
    private final Workers workers;
    private final Deque<Session> idle = new ArrayDeque<>();

    Sessions(Program program, Workers workers) {
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
        return program.plan(shape).session(workers);
    }

    void giveBack(Session session) {
        Session oldest = null;
        synchronized (idle) {
            idle.addFirst(session);
            if (idle.size() > MOST_IDLE) {
                oldest = idle.removeLast();
            }
        }
        if (oldest != null) {
            oldest.close();
        }
    }

    @Override
    public void close() {
        synchronized (idle) {
            idle.forEach(Session::close);
            idle.clear();
        }
    }
}
