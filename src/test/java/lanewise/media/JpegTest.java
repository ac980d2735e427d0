package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JPEG colours by libjpeg's and Pillow's rules, and what the markers may say. */
class JpegTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String JFIF = "FFE0 0010 4A46494600 0101 00 0001 0001 00 00";
    private static final String ADOBE_RGB_OR_CMYK = "FFEE 000E 41646F6265 0064 0000 0000 00";
    private static final String ADOBE_YCC = "FFEE 000E 41646F6265 0064 0000 0000 01";
    private static final String ADOBE_YCCK = "FFEE 000E 41646F6265 0064 0000 0000 02";

    @TempDir
    private Path folder;

    @Test
    void oneComponentIsGrey() throws Exception {
        assertColour("50 50 50", coded("50"));
    }

    @Test
    void threeComponentsAreYccUnlessMarkedOtherwise() throws Exception {
        byte[] red = coded("76 85 255");
        assertColour("254 0 0", red);
        assertColour("254 0 0", spliced(red, ADOBE_YCC));
        assertColour("254 0 0", spliced(red, JFIF));
        assertColour("254 0 0", spliced(spliced(red, ADOBE_RGB_OR_CMYK), JFIF));
        assertColour("76 85 255", spliced(red, ADOBE_RGB_OR_CMYK));
        assertColour("76 85 255", named(red, "RGB"));
        assertColour("254 0 0", named(red, "rgb"));
    }

    /** Stored as light: 255 is no ink. */
    @ParameterizedTest
    @CsvSource({
        "255 255 255 255, 255 255 255", "255 255 255 0, 0 0 0", "0 255 255 255, 0 255 255",
        "128 255 255 128, 64 128 128"})
    void fourComponentsAreCmyk(String samples, String rgb) throws Exception {
        assertColour(rgb, coded(samples));
        assertColour(rgb, spliced(coded(samples), ADOBE_RGB_OR_CMYK));
    }

    @ParameterizedTest
    @CsvSource({
        "0 128 128 255, 255 255 255", "255 128 128 255, 0 0 0", "76 85 255 255, 1 255 255", "0 128 128 77, 77 77 77"})
    void fourComponentsMarkedSoAreYcck(String samples, String rgb) throws Exception {
        assertColour(rgb, spliced(coded(samples), ADOBE_YCCK));
    }

    @Test
    void progressiveGivesTheSamePixels() throws Exception {
        Raster pattern = PictureFiles.pattern(40, 24, BufferedImage.TYPE_3BYTE_BGR).getRaster();
        assertEquals(read(encode(pattern, false)), read(encode(pattern, true)));
    }

    @Test
    void whatIsNoPixelDataCannotMatter() throws Exception {
        byte[] plain = encode(PictureFiles.pattern(16, 8, BufferedImage.TYPE_3BYTE_BGR).getRaster(), false);
        Picture expected = read(plain);
        assertEquals(expected, read(spliced(plain, "FFE1 000C 457869660000 FFFFFFFF")), "broken EXIF");
        assertEquals(expected, read(spliced(plain, "FFFE 0004 FFD9")), "an end marker in a comment");
        assertEquals(expected, read(spliced(plain, "FFFFFFFE 0002")), "fill bytes");
        assertEquals(expected, read(Arrays.copyOf(plain, plain.length + 100)), "bytes after the end");
    }

    /** Rows of 0, 100 and 200 as the decoder leaves them, each twice; every other component stays. */
    @Test
    void halfRowsAreInterpolated() {
        byte[] samples = bytes("7 0 7 0 7 100 7 100 7 200");
        JpegColour.interpolateRows(samples, 2, 2, 1);
        assertArrayEquals(bytes("7 0 7 25 7 75 7 125 7 175"), samples);

        byte[] rounded = bytes("0 0 2 2");
        JpegColour.interpolateRows(rounded, 1, 1, 0);
        assertArrayEquals(bytes("0 1 1 2"), rounded, "halves go up below a row and down above it");
    }

    @ParameterizedTest
    @CsvSource({
        "11 11 11, false", "22 11 11, false", "21 11 11, false", "12 11 11, true", "22 21 21, true", "41 11 11, false"})
    void halfRowsAreRecognised(String factors, boolean half) throws Exception {
        byte[] data = coded("10 20 30");
        byte[] sampling = HEX.parseHex(factors.replace(" ", ""));
        for (int i = 0; i < 3; i++) {
            data[segment(data, 0xC0) + 11 + 3 * i] = sampling[i];
        }
        assertArrayEquals(new boolean[] {false, half, half}, Jpeg.parse(Path.of("x.jpg"), data).halfHeight());
    }

    /** Which byte from the marker's second on is changed, and to what. */
    @ParameterizedTest
    @CsvSource({
        "0, C3, (frame type SOF3)", "0, C9, (frame type SOF9)", "3, 0C, not an 8-bit", "8, 02, of 2 components",
        "8, 00, of 0 components", "8, FF, of -1 components", "8, 04, too short for 4 components"})
    void otherFramesAreRefused(int offset, String value, String reason) throws Exception {
        byte[] data = coded("10 20 30");
        data[segment(data, 0xC0) + 1 + offset] = (byte) HexFormat.fromHexDigits(value);
        assertRefused(reason, data);
    }

    @ParameterizedTest
    @CsvSource({
        "FFC0 0008 08 0001 0001 00, of 0 components", "FFD8, marker d8 out of place", "FF01, marker 1 out of place",
        "FFE1 0001, a segment of length 1", "FFE1 FFFF, a segment at byte 4 has 65535 bytes",
        "FFFE 0002 00, no marker at byte 6",
        "FFC0 000B 08 0001 0001 01 011100, two frame headers", "FFD9, no picture in it"})
    void aWrongMarkerIsRefused(String segment, String reason) throws Exception {
        assertRefused(reason, spliced(coded("10 20 30"), segment));
    }

    /** The decoder itself would fill up with grey. */
    @Test
    void aScanWithoutItsSecondHalfIsRefused() throws Exception {
        byte[] whole = encode(PictureFiles.pattern(64, 48, BufferedImage.TYPE_3BYTE_BGR).getRaster(), false);
        byte[] cut = Arrays.copyOf(whole, (whole.length + segment(whole, 0xDA)) / 2);
        cut[cut.length - 2] = (byte) 0xFF;
        cut[cut.length - 1] = (byte) 0xD9;
        assertRefused("damaged (", cut);
    }

    @Test
    void moreScansThanAnHonestFileHasAreRefused() throws Exception {
        byte[] data = coded("10");
        int scan = segment(data, 0xDA);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(data, 0, scan);
        for (int i = 0; i <= Jpeg.MAX_SCANS; i++) {
            out.write(data, scan, data.length - 2 - scan);
        }
        out.write(data, data.length - 2, 2);
        assertRefused("more than " + Jpeg.MAX_SCANS + " scans", out.toByteArray());
    }

    private void assertColour(String rgb, byte[] data) throws IOException, MediaException {
        Picture picture = read(data);
        assertEquals(rgb, picture.level(7, 7, 0) + " " + picture.level(7, 7, 1) + " " + picture.level(7, 7, 2));
    }

    private void assertRefused(String reason, byte[] data) {
        String message = assertThrows(MediaException.class, () -> read(data)).getMessage();
        assertTrue(message.contains(reason), message);
    }

    private Picture read(byte[] data) throws IOException, MediaException {
        return Pictures.read(Files.write(folder.resolve("picture.jpg"), data));
    }

    /** 8 x 8 equal pixels of these components, coded without loss, without JFIF or Adobe marker. */
    private static byte[] coded(String samples) throws IOException {
        byte[] pixel = bytes(samples);
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, pixel.length, null);
        for (int i = 0; i < 64; i++) {
            raster.setDataElements(i % 8, i / 8, pixel);
        }
        return encode(raster, false);
    }

    private static byte[] encode(Raster raster, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(1);
            settings.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(raster, null, null), settings);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** The file with bytes inserted after its start marker. */
    private static byte[] spliced(byte[] data, String hex) {
        byte[] segment = HEX.parseHex(hex.replace(" ", ""));
        return ByteBuffer.allocate(data.length + segment.length)
                .put(data, 0, 2).put(segment).put(data, 2, data.length - 2).array();
    }

    /** The file with other names for its three components. */
    private static byte[] named(byte[] data, String names) {
        byte[] named = data.clone();
        byte[] ids = names.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < ids.length; i++) {
            named[segment(data, 0xC0) + 10 + 3 * i] = ids[i];
            named[segment(data, 0xDA) + 5 + 2 * i] = ids[i];
        }
        return named;
    }

    private static int segment(byte[] jpeg, int marker) {
        int at = 2;
        while ((jpeg[at + 1] & 0xFF) != marker) {
            at += 2 + ByteBuffer.wrap(jpeg).getShort(at + 2);
        }
        return at;
    }

    private static byte[] bytes(String values) {
        String[] parts = values.split(" ");
        byte[] bytes = new byte[parts.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return bytes;
    }
}
