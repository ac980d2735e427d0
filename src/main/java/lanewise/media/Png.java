package lanewise.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file that make its pixels, checksums verified, in a PNG of their own. All else (text, profiles, gamma,
 * transparency, animation) is left out, so a fault in it cannot matter; torchvision's loader ignores it too.
 */
final class Png {
    private static final int SIGNATURE_BYTES = 8;
    /** Length, type and checksum around each chunk's data. */
    private static final int FRAME_BYTES = 12;

    private static final Set<String> KEPT = Set.of("IHDR", "PLTE", "IDAT", "IEND");

    private Png() {}

    static byte[] pixelChunks(Path file, byte[] data) throws MediaException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(data, 0, SIGNATURE_BYTES);
        ByteBuffer in = ByteBuffer.wrap(data);
        int at = SIGNATURE_BYTES;
        while (true) {
            int left = data.length - at - FRAME_BYTES;
            if (left < 0) {
                throw truncated(file, "no IEND chunk in " + data.length + " bytes");
            }
            int length = in.getInt(at);
            if (length < 0 || length > left) {
                throw truncated(file, "a chunk at byte " + at + " claims " + Integer.toUnsignedString(length)
                        + " bytes, " + left + " are left");
            }
            String type = new String(data, at + 4, 4, StandardCharsets.ISO_8859_1);
            if (KEPT.contains(type)) {
                CRC32 crc = new CRC32();
                crc.update(data, at + 4, 4 + length);
                if ((int) crc.getValue() != in.getInt(at + 8 + length)) {
                    throw new MediaException(
                            file,
                            "a damaged PNG: the checksum of its " + type + " chunk at byte " + at + " is wrong",
                            "copy it again or save it anew");
                }
                out.write(data, at, FRAME_BYTES + length);
            }
            if (type.equals("IEND")) {
                return out.toByteArray();
            }
            at += FRAME_BYTES + length;
        }
    }

    private static MediaException truncated(Path file, String what) {
        return new MediaException(file, "a truncated PNG: " + what, "copy or download it again");
    }
}
