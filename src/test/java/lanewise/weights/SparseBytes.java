package lanewise.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The contents of a file under construction, with holes that read as zeros and take no room on the disk. */
final class SparseBytes {
    private final List<Part> parts = new ArrayList<>();
    private long size;

    private record Part(long position, byte[] bytes) {}

    SparseBytes append(byte[] bytes) {
        parts.add(new Part(size, bytes.clone()));
        size += bytes.length;
        return this;
    }

    SparseBytes hole(long length) {
        size += length;
        return this;
    }

    long size() {
        return size;
    }

    byte[] toArray() {
        byte[] all = new byte[Math.toIntExact(size)];
        parts.forEach(part -> System.arraycopy(part.bytes, 0, all, (int) part.position, part.bytes.length));
        return all;
    }

    Path write(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.SPARSE)) {
            for (Part part : parts) {
                channel.write(ByteBuffer.wrap(part.bytes), part.position);
            }
            if (channel.size() < size) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
        }
        return path;
    }
}
