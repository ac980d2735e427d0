package lanewise.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * The bytes of an open file, read by position. The file is not mapped into memory, because access to a mapped file
 * that another process cuts short can end the JVM; here it ends in a {@link WeightException}.
 * Safe for use by several threads.
 */
final class FileBytes implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final BasicFileAttributes opened;

    private FileBytes(Path path, FileChannel channel, long size, BasicFileAttributes opened) {
        this.path = path;
        this.channel = channel;
        this.size = size;
        this.opened = opened;
    }

    static FileBytes open(Path path) throws WeightException {
        // A pipe or a device would block or never end.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new WeightException(path.toString(), "", "a regular file", "a directory or device",
                    "name the weight file itself");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new FileBytes(path, channel, channel.size(), attributes(path));
            } catch (IOException | RuntimeException | Error e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw new WeightException(path.toString(), "", "a file", "none of this name", "check the path");
        } catch (IOException e) {
            throw new WeightException(path.toString(), "", "a readable file", reason(e), "check its permissions");
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    /**
     * Throws if the file has been written to since it was opened, so that what was read may be of two versions. A file
     * that another one has taken the place of is still the one that was opened.
     */
    void requireUnchanged() throws WeightException {
        try {
            BasicFileAttributes now = attributes(path);
            boolean same = Objects.equals(now.fileKey(), opened.fileKey());
            if (same && (now.size() != size || !now.lastModifiedTime().equals(opened.lastModifiedTime()))) {
                throw fault("", "a file that stays as it is", "one that was written to while it was read",
                        "try again; replace weight files by renaming a new one onto them");
            }
        } catch (NoSuchFileException e) {
            // Its name is gone, its contents are not while it is open.
        } catch (IOException e) {
            throw fault("", e);
        }
    }

    /** What went wrong, in words for people; the file is named elsewhere. */
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "no permission";
            case NoSuchFileException _ -> "no such folder";
            case FileSystemException system when system.getReason() != null -> system.getReason();
            default -> e.getMessage() == null ? "a failure of the file system" : e.getMessage();
        };
    }

    Path path() {
        return path;
    }

    /** The size when the file was opened. */
    long size() {
        return size;
    }

    /** Fills {@code target} with the bytes from {@code position} on. */
    void read(long position, ByteBuffer target, String place) throws WeightException {
        long end = position + target.remaining();
        try {
            while (target.hasRemaining()) {
                int count = channel.read(target, position);
                if (count < 0) {
                    throw fault(place, "data up to byte " + end, "the end of the file at " + position,
                            "the file is cut short or changes while it is read; fetch it again");
                }
                position += count;
            }
        } catch (IOException e) {
            throw fault(place, e);
        }
    }

    /** An exception about this file. */
    WeightException fault(String place, String expected, String found, String cure) {
        return new WeightException(path.toString(), place, expected, found, cure);
    }

    /** An exception about reading this file. */
    WeightException fault(String place, IOException e) {
        WeightException fault = switch (e) {
            case ClosedByInterruptException _ -> fault(place, "to read the file", "an interrupted thread",
                    "the interrupt closed the file; open it again");
            case ClosedChannelException _ -> fault(place, "an open file", "a closed one",
                    "read the tensors before closing the WeightFile");
            default -> fault(place, "readable data", reason(e), "check the disk or the network mount");
        };
        fault.initCause(e);
        return fault;
    }

    /** The bytes from {@code start}, {@code length} of them, fewer if the file has become shorter. */
    InputStream stream(long start, long length) {
        return new Range(start, length);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // A file that was only read has nothing to lose on closing.
        }
    }

    private final class Range extends InputStream {
        private long position;
        private final long end;

        Range(long start, long length) {
            position = start;
            end = start + length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            if (position >= end) {
                return -1;
            }
            ByteBuffer buffer = ByteBuffer.wrap(target, offset, (int) Math.min(length, end - position));
            int count = channel.read(buffer, position);
            position += Math.max(count, 0);
            return count;
        }
    }
}
