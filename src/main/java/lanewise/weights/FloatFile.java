package lanewise.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file of float32 values under construction. It grows beside its destination under another name and takes its place
 * in one step, so that no reader ever sees half a file and a failed write leaves what was there.
 */
final class FloatFile implements AutoCloseable {
    private static final ValueLayout.OfFloat NATIVE = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfFloat STORED = NATIVE.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long CHUNK = 1 << 18;

    private final Path destination;
    private final Path draft;
    private final FileChannel channel;

    private FloatFile(Path destination, Path draft, FileChannel channel) {
        this.destination = destination;
        this.draft = draft;
        this.channel = channel;
    }

    static FloatFile create(Path destination) throws WeightException {
        // Without the destination's name, which may be as long as the file system allows.
        Path draft = destination.resolveSibling("." + UUID.randomUUID() + ".part");
        try {
            return new FloatFile(destination, draft,
                    FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw fault(destination, e);
        }
    }

    void write(byte[] bytes) throws WeightException {
        write(ByteBuffer.wrap(bytes));
    }

    /** Appends native float32 values, little-endian. */
    void write(MemorySegment values) throws WeightException {
        long count = values.byteSize() / Float.BYTES;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment chunk = arena.allocate(Math.min(count, CHUNK) * Float.BYTES, Float.BYTES);
            for (long done = 0; done < count; done += CHUNK) {
                long part = Math.min(CHUNK, count - done);
                MemorySegment.copy(values, NATIVE, done * Float.BYTES, chunk, STORED, 0, part);
                write(chunk.asSlice(0, part * Float.BYTES).asByteBuffer());
            }
        }
    }

    /** Puts the complete file in its place. */
    void commit() throws WeightException {
        try {
            channel.force(true);
            channel.close();
            Files.move(draft, destination, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw fault(destination, e);
        }
    }

    /** Removes what was not committed. */
    @Override
    public void close() throws WeightException {
        try {
            channel.close();
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            throw fault(destination, e);
        }
    }

    private void write(ByteBuffer bytes) throws WeightException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw fault(destination, e);
        }
    }

    private static WeightException fault(Path path, IOException e) {
        WeightException fault = new WeightException(path.toString(), "", "to write the file", FileBytes.reason(e),
                "check the folder, its permissions and the free space");
        fault.initCause(e);
        return fault;
    }
}
