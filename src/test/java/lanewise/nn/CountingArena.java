package lanewise.nn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** An arena that knows how much it has given, and gives no more than {@code limit} bytes. */
record CountingArena(Arena inner, AtomicLong given, long limit) implements Arena {
    CountingArena() {
        this(Long.MAX_VALUE);
    }

    CountingArena(long limit) {
        this(Arena.ofShared(), new AtomicLong(), limit);
    }

    @Override
    public MemorySegment allocate(long bytes, long alignment) {
        if (given.addAndGet(bytes) > limit) {
            throw new OutOfMemoryError("no more than " + limit + " bytes");
        }
        return inner.allocate(bytes, alignment);
    }

    @Override
    public MemorySegment.Scope scope() {
        return inner.scope();
    }

    @Override
    public void close() {
        inner.close();
    }
}
