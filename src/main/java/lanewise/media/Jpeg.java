package lanewise.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a JPEG file's markers say, read before any decoder sees the file.
 * Photo data that has no part in the pixels (EXIF, colour profile, thumbnails, comments) is left out of {@link #data}, so
 * a fault in it cannot matter; orientation and profile are ignored as by torchvision's loader.
 *
 * @param data the file from its start to its end marker, without that
 * @param colour what the components mean
 * @param halfHeight for each component whether it has half the rows but all columns of the picture
 */
record Jpeg(byte[] data, Colour colour, boolean[] halfHeight) {
    /** Each scan of a progressive file costs a pass over all coefficients. */
    static final int MAX_SCANS = 100;

    private static final int SOF0 = 0xC0;
    private static final int SOF2 = 0xC2;
    private static final int DHT = 0xC4;
    private static final int JPG = 0xC8;
    private static final int DAC = 0xCC;
    private static final int SOF15 = 0xCF;
    private static final int RST7 = 0xD7;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP14 = 0xEE;
    private static final int APP15 = 0xEF;
    private static final int COM = 0xFE;

    /** The meaning of a pixel's components, by the rules of libjpeg's {@code default_decompress_parms}. */
    enum Colour { GREY, RGB, YCC, CMYK, YCCK }

    static Jpeg parse(Path file, byte[] data) throws MediaException {
        return new Walk(file, data).run();
    }

    /** One pass over the markers. */
    private static final class Walk {
        private final Path file;
        private final byte[] in;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int frame = -1;
        private int scans;
        private boolean jfif;
        private int adobeTransform = -1;

        Walk(Path file, byte[] in) {
            this.file = file;
            this.in = in;
        }

        Jpeg run() throws MediaException {
            out.write(in, 0, 2);
            int at = 2;
            while (true) {
                int start = at;
                at = markerAfter(at);
                int marker = in[at++] & 0xFF;
                if (marker == EOI) {
                    out.write(in, start, at - start);
                    return new Jpeg(out.toByteArray(), colour(), halfHeight());
                }
                int end = segmentEnd(at, marker);
                if (keep(marker, at + 2, end)) {
                    out.write(in, start, end - start);
                }
                at = end;
                if (marker == SOS) {
                    at = endOfScan(end);
                    out.write(in, end, at - end);
                }
            }
        }

        /** The index of a marker's code: one or more bytes FF come before it. */
        private int markerAfter(int at) throws MediaException {
            int code = at;
            while (code < in.length && in[code] == (byte) 0xFF) {
                code++;
            }
            if (code >= in.length) {
                throw truncated("no end marker in " + in.length + " bytes");
            }
            if (code == at) {
                throw damaged("no marker at byte " + at);
            }
            return code;
        }

        private int segmentEnd(int at, int marker) throws MediaException {
            if (marker <= SOI && marker >= 0xD0 || marker <= 1) {
                throw damaged("marker " + Integer.toHexString(marker) + " out of place at byte " + at);
            }
            if (at + 2 > in.length) {
                throw truncated("the file ends at byte " + in.length + " in a segment's length");
            }
            int length = unsigned16(at);
            if (length < 2) {
                throw damaged("a segment of length " + length + " at byte " + at);
            }
            if (at + length > in.length) {
                throw truncated("a segment at byte " + at + " has " + length + " bytes, the file has "
                        + (in.length - at) + " more");
            }
            return at + length;
        }

        private boolean keep(int marker, int at, int end) throws MediaException {
            if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC) {
                frame(marker, at, end);
            } else if (marker == SOS && ++scans > MAX_SCANS) {
                throw new MediaException(file, "a JPEG of more than " + MAX_SCANS + " scans", "save it again");
            } else if (marker == APP0 && startsWith(at, end, "JFIF\0")) {
                jfif = true;
            } else if (marker == APP14 && startsWith(at, end, "Adobe") && end - at >= 12) {
                adobeTransform = in[at + 11] & 0xFF;
            } else {
                return marker != COM && (marker < APP0 || marker > APP15);
            }
            return true;
        }

        private void frame(int marker, int at, int end) throws MediaException {
            if (frame >= 0) {
                throw damaged("two frame headers");
            }
            if (marker > SOF2 || end - at < 6 || in[at] != 8) {
                throw new MediaException(
                        file,
                        "not an 8-bit baseline or progressive Huffman-coded JPEG (frame type SOF" + (marker - SOF0) + ")",
                        "save it as an ordinary JPEG or PNG");
            }
            int components = in[at + 5];
            if (components != 1 && components != 3 && components != 4) {
                throw new MediaException(
                        file, "a JPEG of " + components + " components, not 1, 3 or 4", "save it as RGB");
            }
            if (end - at < 6 + 3 * components) {
                throw damaged("a frame header too short for " + components + " components");
            }
            frame = at;
        }

        /** The next FF that is neither a stuffed FF 00 nor a restart marker. */
        private int endOfScan(int at) {
            while (at + 1 < in.length) {
                int next = in[at + 1] & 0xFF;
                if (in[at] == (byte) 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > RST7)) {
                    return at;
                }
                at++;
            }
            return in.length;
        }

        private Colour colour() throws MediaException {
            if (frame < 0 || scans == 0) {
                throw damaged("no picture in it");
            }
            return switch (in[frame + 5]) {
                case 1 -> Colour.GREY;
                case 3 -> {
                    boolean rgb = jfif ? false
                            : adobeTransform >= 0 ? adobeTransform == 0
                            : id(0) == 'R' && id(1) == 'G' && id(2) == 'B';
                    yield rgb ? Colour.RGB : Colour.YCC;
                }
                default -> adobeTransform > 0 ? Colour.YCCK : Colour.CMYK;
            };
        }

        private boolean[] halfHeight() {
            boolean[] half = new boolean[in[frame + 5]];
            int columns = 0;
            int rows = 0;
            for (int i = 0; i < half.length; i++) {
                columns = Math.max(columns, sampling(i) >> 4);
                rows = Math.max(rows, sampling(i) & 0xF);
            }
            for (int i = 0; i < half.length; i++) {
                half[i] = sampling(i) >> 4 == columns && 2 * (sampling(i) & 0xF) == rows;
            }
            return half;
        }

        /** Relative columns in the high four bits, rows in the low ones. */
        private int sampling(int component) {
            return in[frame + 7 + 3 * component] & 0xFF;
        }

        private int id(int component) {
            return in[frame + 6 + 3 * component];
        }

        private boolean startsWith(int at, int end, String text) {
            byte[] expected = text.getBytes(StandardCharsets.US_ASCII);
            return end - at >= expected.length
                    && Arrays.equals(in, at, at + expected.length, expected, 0, expected.length);
        }

        private int unsigned16(int at) {
            return (in[at] & 0xFF) << 8 | in[at + 1] & 0xFF;
        }

        private MediaException truncated(String what) {
            return new MediaException(file, "a truncated JPEG: " + what, "copy or download it again");
        }

        private MediaException damaged(String what) {
            return new MediaException(file, "a damaged JPEG: " + what, "copy it again or save it anew");
        }
    }
}
