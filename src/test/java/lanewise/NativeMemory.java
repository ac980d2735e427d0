package lanewise;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** What this JVM has taken from the system outside its heap. */
public final class NativeMemory {
    private NativeMemory() {}

    /** Bytes of all native segments that are allocated now, without what aligning them costs. */
    public static long bytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow().getTotalCapacity();
    }
}
