package lanewise.media;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The picture formats read, recognised by content; the name of a file says nothing. */
enum PictureFormat {
    JPEG("\u00FF\u00D8\u00FF"),
    PNG("\u0089PNG\r\n\u001A\n"),
    GIF("GIF8"),
    BMP("BM");

    /** Bytes from a file's start that {@link #of} and {@link #describe} look at. */
    static final int HEAD_BYTES = 12;

    private final String signature;

    PictureFormat(String signature) {
        this.signature = signature;
    }

    static Optional<PictureFormat> of(byte[] data) {
        String head = head(data);
        for (PictureFormat format : values()) {
            if (head.startsWith(format.signature)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** What a file that is no picture seems to be. */
    static String describe(byte[] data) {
        String head = head(data);
        if (head.isEmpty()) {
            return "an empty file";
        }
        if (head.startsWith("ftyp", 4)) {
            return switch (head.length() >= 12 ? head.substring(8, 12) : "") {
                case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1" -> "a HEIC photo";
                case "avif", "avis" -> "an AVIF picture";
                default -> "an MP4 or QuickTime video";
            };
        }
        if (head.startsWith("RIFF")) {
            return head.startsWith("WEBP", 8) ? "a WebP picture" : "a RIFF file, perhaps an AVI video";
        }
        return head.startsWith("II*\0") || head.startsWith("MM\0*") ? "a TIFF picture"
                : head.startsWith("%PDF") ? "a PDF document"
                : head.startsWith("PK") ? "a ZIP archive"
                : head.startsWith("\u001A\u0045\u00DF\u00A3") ? "a Matroska or WebM video"
                : head.startsWith("<") ? "a text file such as SVG or HTML"
                : "of no known picture format";
    }

    private static String head(byte[] data) {
        return new String(data, 0, Math.min(data.length, HEAD_BYTES), StandardCharsets.ISO_8859_1);
    }
}
