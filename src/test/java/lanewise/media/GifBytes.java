package lanewise.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a GIF of four colours, without compression: each pixel comes after a clear code, so codes have three bits. */
final class GifBytes {
    private static final int CLEAR = 4;
    private static final int END = 5;
    /** First row and distance of the rows of each pass of an interlaced frame. */
    private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** @param palette four colours, red in the high byte of three */
    GifBytes(int width, int height, int background, int... palette) {
        out.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
        unsigned16(width);
        unsigned16(height);
        out.write(0x81);
        out.write(background);
        out.write(0);
        colours(palette);
    }

    /** The control block of the next frame; {@code transparent} is -1 where every colour covers. */
    GifBytes control(int disposal, int transparent) {
        out.writeBytes(new byte[] {0x21, (byte) 0xF9, 4});
        out.write(disposal << 2 | (transparent >= 0 ? 1 : 0));
        unsigned16(10);
        out.write(Math.max(transparent, 0));
        out.write(0);
        return this;
    }

    /** A frame of the screen's colours, one character 0 to 3 a pixel. */
    GifBytes frame(int left, int top, String... rows) {
        image(left, top, 0, rows);
        pixels(String.join("", rows));
        return this;
    }

    /** A frame of its own four colours. */
    GifBytes frame(int left, int top, int[] palette, String... rows) {
        image(left, top, 0x81, rows);
        colours(palette);
        pixels(String.join("", rows));
        return this;
    }

    GifBytes interlaced(int left, int top, String... rows) {
        image(left, top, 0x40, rows);
        StringBuilder ordered = new StringBuilder();
        for (int[] pass : PASSES) {
            for (int y = pass[0]; y < rows.length; y += pass[1]) {
                ordered.append(rows[y]);
            }
        }
        pixels(ordered.toString());
        return this;
    }

    byte[] end() {
        out.write(0x3B);
        return out.toByteArray();
    }

    private void image(int left, int top, int flags, String... rows) {
        out.write(0x2C);
        unsigned16(left);
        unsigned16(top);
        unsigned16(rows[0].length());
        unsigned16(rows.length);
        out.write(flags);
    }

    private void colours(int... palette) {
        for (int colour : palette) {
            out.write(colour >> 16);
            out.write(colour >> 8);
            out.write(colour);
        }
    }

    private void pixels(String pixels) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        int bits = 0;
        int count = 0;
        for (int i = 0; i <= 2 * pixels.length(); i++) {
            int code = i == 2 * pixels.length() ? END : i % 2 == 0 ? CLEAR : pixels.charAt(i / 2) - '0';
            bits |= code << count;
            for (count += 3; count >= 8; count -= 8) {
                packed.write(bits);
                bits >>= 8;
            }
        }
        packed.write(bits);
        byte[] data = packed.toByteArray();
        out.write(2);
        for (int at = 0; at < data.length; at += 255) {
            int size = Math.min(255, data.length - at);
            out.write(size);
            out.write(data, at, size);
        }
        out.write(0);
    }

    private void unsigned16(int value) {
        out.write(value);
        out.write(value >> 8);
    }
}
