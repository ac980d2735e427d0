package lanewise.weights;

import java.io.IOException;
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
 * A file of floating-point values under construction. It grows beside its destination under another name and takes its place
 * in one step, so that no reader ever sees half a file and a failed write leaves what was there.
 */
final class FloatFile implements AutoCloseable {
    private static final ValueLayout.OfFloat NATIVE = ValueLayout.JAVA_FLOAT_UNALIGNED;
    /** Values written at once. */
    private static final int CHUNK = 1 << 16;

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

    /**
     * Appends float32 values of native byte order, little-endian.
     *
     * @param name what they are, for messages
     * @param type F32, or F16 or BF16 with values rounded to the nearest, ties to even
     * @throws WeightException also if a finite value would become infinite
     */
    void write(MemorySegment values, String name, DType type) throws WeightException {
        long count = values.byteSize() / Float.BYTES;
        float[] piece = new float[(int) Math.min(count, CHUNK)];
        ByteBuffer chunk = ByteBuffer.allocate(piece.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long done = 0; done < count; done += piece.length) {
            int part = (int) Math.min(piece.length, count - done);
            MemorySegment.copy(values, NATIVE, done * Float.BYTES, piece, 0, part);
            chunk.clear();
            for (int i = 0; i < part; i++) {
                if (type == DType.F32) {
                    chunk.putFloat(piece[i]);
                } else if (Narrowing.overflows(piece[i], type)) {
                    throw new WeightException(destination.toString(), name, "values in the range of " + type,
                            Float.toString(piece[i]), "write another type, such as F32");
                } else {
                    chunk.putShort(Narrowing.bits(piece[i], type));
                }
            }
            write(chunk.flip());
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
        try (channel) {
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
