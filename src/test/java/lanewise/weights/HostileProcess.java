package lanewise.weights;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Opens the files that its standard input lists, one a line, in a JVM of its own, and prints a line for each:
 * {@code accept} or {@code reject}, milliseconds of the processor, path. Ends the JVM with another code than 0 if a file
 * hangs, anything but the one exception escapes, or a process or a socket was made.
 */
public final class HostileProcess {
    private static final int HANGS = 3;
    private static final int LEFT_BEHIND = 4;
    private static final int SECONDS = 20;

    private HostileProcess() {}

    /** @param arguments the sound file that must load after each other one */
    public static void main(String[] arguments) throws Exception {
        Path sound = Path.of(arguments[0]);
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        for (String line : new String(System.in.readAllBytes()).lines().toList()) {
            Path file = Path.of(line);
            long begin = clock.getCurrentThreadCpuTime();
            boolean accepted = watched(file);
            long spent = clock.getCurrentThreadCpuTime() - begin;
            System.out.println((accepted ? "accept " : "reject ") + spent / 1_000_000 + " " + file);
            if (!Hostile.accepts(sound)) {
                throw new IllegalStateException(sound + " does not load after " + file);
            }
        }
        Optional<String> left = leftBehind();
        if (left.isPresent()) {
            System.err.println(left.get());
            System.exit(LEFT_BEHIND);
        }
    }

    private static boolean watched(Path file) {
        CountDownLatch done = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                if (!done.await(SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("hangs: " + file);
                    Runtime.getRuntime().halt(HANGS);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            return Hostile.accepts(file);
        } finally {
            done.countDown();
        }
    }

    /** A child process or an open socket of this JVM. */
    private static Optional<String> leftBehind() throws IOException {
        List<ProcessHandle> children = ProcessHandle.current().children().toList();
        if (!children.isEmpty()) {
            return Optional.of("child processes " + children);
        }
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return Optional.empty();
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.map(HostileProcess::target).filter(target -> target.startsWith("socket:")).findFirst();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }
}
