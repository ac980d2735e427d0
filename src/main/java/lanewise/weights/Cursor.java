package lanewise.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads little-endian numbers and strings one after the other from a range of a file, and never beyond it. */
final class Cursor {
    private static final int WINDOW = 1 << 16;
    private static final int SHORT_LINE = 64;

    private final FileBytes file;
    private final String place;
    private final long start;
    private final long end;
    private final ByteBuffer window;
    private long windowStart;

    /** Over the bytes from {@code start} up to {@code end}; {@code place} names them in messages. */
    Cursor(FileBytes file, String place, long start, long end) {
        this.file = file;
        this.place = place;
        this.start = start;
        this.end = end;
        window = ByteBuffer.allocate((int) Math.min(WINDOW, end - start)).order(ByteOrder.LITTLE_ENDIAN).limit(0);
        windowStart = start;
    }

    /** The position in the file of the next byte. */
    long position() {
        return windowStart + window.position();
    }

    long remaining() {
        return end - position();
    }

    int u8() throws WeightException {
        need(1);
        return window.get() & 0xFF;
    }

    int u16() throws WeightException {
        need(2);
        return window.getShort() & 0xFFFF;
    }

    int i32() throws WeightException {
        need(4);
        return window.getInt();
    }

    long u32() throws WeightException {
        return i32() & 0xFFFF_FFFFL;
    }

    long i64() throws WeightException {
        need(8);
        return window.getLong();
    }

    /** A copy of the next {@code count} bytes, which must be there before memory for them is taken. */
    byte[] bytes(long count) throws WeightException {
        if (count < 0 || count > remaining() || count > Integer.MAX_VALUE - 8) {
            throw fault(Long.toUnsignedString(count) + " bytes", remaining() + " left");
        }
        byte[] bytes = new byte[(int) count];
        int buffered = Math.min(bytes.length, window.remaining());
        window.get(bytes, 0, buffered);
        if (buffered < bytes.length) {
            long from = position();
            file.read(from, ByteBuffer.wrap(bytes, buffered, bytes.length - buffered).slice(), place);
            window.limit(0);
            windowStart = from + bytes.length - buffered;
        }
        return bytes;
    }

    void skip(long count) throws WeightException {
        if (count < 0 || count > remaining()) {
            throw fault(Long.toUnsignedString(count) + " bytes", remaining() + " left");
        }
        long to = position() + count;
        if (to - windowStart <= window.limit()) {
            window.position((int) (to - windowStart));
        } else {
            window.limit(0);
            windowStart = to;
        }
    }

    /** The next {@code count} bytes as UTF-8. */
    String text(long count) throws WeightException {
        return utf8(bytes(count));
    }

    /** The bytes up to the next line feed as UTF-8; at most {@code limit} of them. */
    String line(int limit) throws WeightException {
        byte[] line = new byte[Math.min(limit, SHORT_LINE)];
        for (int i = 0; i < limit; i++) {
            line = i < line.length ? line : Arrays.copyOf(line, limit);
            line[i] = (byte) u8();
            if (line[i] == '\n') {
                return utf8(Arrays.copyOf(line, i));
            }
        }
        throw fault("a line of at most " + limit + " bytes", "a longer one");
    }

    private String utf8(byte[] bytes) throws WeightException {
        if (isAscii(bytes)) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw fault("UTF-8 text", "other bytes");
        }
    }

    /** Nearly all names are, and a decoder for each would take longer than all the rest. */
    private static boolean isAscii(byte[] bytes) {
        for (byte one : bytes) {
            if (one < 0) {
                return false;
            }
        }
        return true;
    }

    /** An exception about what is wrong just before the present position. */
    WeightException fault(String expected, String found) {
        return file.fault(place + " at byte " + (position() - start), expected, found,
                "the file is damaged or hostile; fetch it again");
    }

    private void need(int count) throws WeightException {
        if (window.remaining() >= count) {
            return;
        }
        if (count > remaining()) {
            throw fault(count + " more bytes", remaining() + " left");
        }
        windowStart = position();
        window.clear().limit((int) Math.min(window.capacity(), end - windowStart));
        file.read(windowStart, window, place);
        window.flip();
    }
}
