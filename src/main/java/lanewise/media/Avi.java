package lanewise.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/**
 * Whether the chunks of an AVI file lie within it. ffmpeg passes over a chunk that does not, and what comes after it,
 * without a word; a clip that lost its end this way would look whole.
 */
final class Avi {
    private static final int MAX_CHUNKS = 4_000_000;
    private static final int HEADER_BYTES = 8;
    private static final int LIST_HEADER_BYTES = 12;

    /** What recorders leave as the size of a file that they never closed: where it ends is not known. */
    private static final Set<Integer> UNKNOWN_SIZES = Set.of(0, -1);

    private Avi() {}

    static void check(Path file) throws MediaException, IOException {
        try (FileChannel in = FileChannel.open(file)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            long end = in.size();
            long riffEnd = 0;
            long at = 0;
            for (int chunks = 0; at + HEADER_BYTES <= end; chunks++) {
                if (chunks > MAX_CHUNKS) {
                    throw damaged(file, "more than " + MAX_CHUNKS + " chunks");
                }
                in.read(header.clear(), at);
                String type = new String(header.array(), 0, 4, StandardCharsets.ISO_8859_1);
                long size = Integer.toUnsignedLong(header.getInt(4));
                if (type.equals("RIFF")) {
                    riffEnd = UNKNOWN_SIZES.contains(header.getInt(4)) ? end : at + HEADER_BYTES + size;
                    if (riffEnd > end) {
                        throw damaged(file, "its " + riffEnd + " bytes end after " + end);
                    }
                    at += LIST_HEADER_BYTES;
                } else if (at >= riffEnd) {
                    return;
                } else if (type.equals("LIST")) {
                    at += LIST_HEADER_BYTES;
                } else {
                    at += HEADER_BYTES + size;
                    if (at > end) {
                        throw damaged(file, "a chunk of " + size + " bytes reaches " + (at - end) + " bytes beyond its end");
                    }
                    at += size & 1;
                }
            }
        }
    }

    private static MediaException damaged(Path file, String what) {
        return new MediaException(
                file, "a truncated or damaged AVI: " + what, "copy it again, or repair it: ffmpeg -i in.avi out.mp4");
    }
}
