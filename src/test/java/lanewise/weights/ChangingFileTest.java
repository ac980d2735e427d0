package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that others cut short, write to or replace while they are read. */
class ChangingFileTest {
    @TempDir
    private Path folder;
    private Path path;

    @BeforeEach
    void write() throws WeightException {
        path = folder.resolve("net.safetensors");
        write(path, 1);
    }

    private static void write(Path path, float value) throws WeightException {
        float[] values = new float[50_000];
        Arrays.fill(values, value);
        Safetensors.write(path, Map.of(),
                List.of(WeightTensor.of("a", values, values.length), WeightTensor.of("b", values, values.length)));
    }

    private void truncate(long size) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    @Test
    void aFileThatStaysIsUnchanged() throws Exception {
        try (WeightFile file = WeightFile.open(path)) {
            Hostile.readAll(file);
            file.requireUnchanged();
        }
    }

    @Test
    void whatIsWrittenMeanwhileIsNoticed() throws Exception {
        try (WeightFile file = WeightFile.open(path)) {
            Files.setLastModifiedTime(path, FileTime.fromMillis(1_000));
            WeightException e = assertThrows(WeightException.class, file::requireUnchanged);
            assertEquals("one that was written to while it was read", e.found());
            Hostile.checkRefusal(path, e);
        }
        try (WeightFile file = WeightFile.open(path)) {
            FileTime before = Files.getLastModifiedTime(path);
            truncate(100);
            Files.setLastModifiedTime(path, before);
            assertThrows(WeightException.class, file::requireUnchanged);
        }
    }

    /** The way the documentation asks for: what was opened stays as it was. */
    @Test
    void aFileRenamedOntoItDoesNoHarm() throws Exception {
        try (WeightFile file = WeightFile.open(path)) {
            write(folder.resolve("new"), 2);
            Files.move(folder.resolve("new"), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            assertEquals(1, file.tensors().get("b").toArray()[49_999]);
            file.requireUnchanged();
            Files.delete(path);
            assertEquals(1, file.tensors().get("a").toArray()[49_999]);
            file.requireUnchanged();
        }
    }

    /** As fast as one thread can cut, fill and rewrite it while another reads: all or the exception, and the JVM lives. */
    @Test
    void readingWhileAnotherWrites() throws Exception {
        byte[] sound = Files.readAllBytes(path);
        AtomicBoolean reading = new AtomicBoolean(true);
        int[] outcomes = new int[2];
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int round = 0; reading.get(); round++) {
                disturb(sound, round);
            }
        });
        try {
            long end = System.nanoTime() + 1_500_000_000L;
            while (System.nanoTime() < end) {
                outcomes[Hostile.accepts(path) ? 1 : 0]++;
            }
        } finally {
            reading.set(false);
            writer.join();
        }
        System.out.println("while it was written to: " + outcomes[0] + " refused, " + outcomes[1] + " read");
        assertTrue(outcomes[0] > 0);
        Files.write(path, sound);
        assertTrue(Hostile.accepts(path), "the sound file afterwards");
    }

    private void disturb(byte[] sound, int round) {
        try {
            switch (round % 3) {
                case 0 -> truncate(sound.length / 2);
                case 1 -> Files.write(path, sound);
                default -> {
                    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                        channel.truncate(8);
                        channel.write(ByteBuffer.wrap(sound), 0);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readingAnInterruptedThreadSaysSo() throws Exception {
        try (WeightFile file = WeightFile.open(path)) {
            Thread.currentThread().interrupt();
            WeightException e = assertThrows(WeightException.class, file.tensors().get("a")::toArray);
            assertTrue(Thread.interrupted());
            assertEquals("an interrupted thread", e.found());
        }
        try (WeightFile file = WeightFile.open(path)) {
            assertArrayEquals(new float[] {1}, new float[] {file.tensors().get("a").toArray()[0]});
        }
    }
}
