package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Still pictures of every layout, and the refusal of what is no whole picture. */
class PicturesTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp"})
    void coloursOfALosslessFileAreKept(String format) throws Exception {
        BufferedImage image = PictureFiles.pattern(7, 5, BufferedImage.TYPE_INT_RGB);
        assertEquals(picture(image), read(PictureFiles.encode(image, format)));
    }

    /** Java's own conversion of linear grey would make 188 of 128. */
    @Test
    void greyKeepsItsLevel() throws Exception {
        assertEquals(uniform(8, 8, 128, 128, 128), read(PictureFiles.grey(8, 8, 128)));
    }

    @Test
    void blackAndWhiteIsAllOrNothing() throws Exception {
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY);
        image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {0, 1, 0});
        assertEquals(
                new Picture(3, 1, bytes(0, 0, 0, 255, 255, 255, 0, 0, 0)), read(PictureFiles.encode(image, "png")));
    }

    @ParameterizedTest
    @CsvSource({"2, 85", "4, 17"})
    void greyOfFewBitsReachesWhite(int bits, int step) throws Exception {
        byte[] ramp = new byte[1 << bits];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (i * step);
        }
        IndexColorModel model = new IndexColorModel(bits, ramp.length, ramp, ramp, ramp);
        BufferedImage image = new BufferedImage(ramp.length, 1, BufferedImage.TYPE_BYTE_BINARY, model);
        byte[] expected = new byte[3 * ramp.length];
        for (int x = 0; x < ramp.length; x++) {
            image.getRaster().setSample(x, 0, 0, x);
            Arrays.fill(expected, 3 * x, 3 * x + 3, ramp[x]);
        }
        assertEquals(new Picture(ramp.length, 1, expected), read(PictureFiles.encode(image, "png")));
    }

    @Test
    void aPaletteIsLookedUpWhateverItsTransparency() throws Exception {
        IndexColorModel model = new IndexColorModel(
                8, 3, bytes(10, 20, 30), bytes(40, 50, 60), bytes(70, 80, 90), bytes(255, 0, 128));
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_INDEXED, model);
        image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {2, 1, 0});
        assertEquals(
                new Picture(3, 1, bytes(30, 60, 90, 20, 50, 80, 10, 40, 70)), read(PictureFiles.encode(image, "png")));
    }

    @Test
    void transparencyIsDroppedNotBlended() throws Exception {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.getRaster().setPixel(0, 0, new int[] {10, 20, 30, 0});
        image.getRaster().setPixel(1, 0, new int[] {40, 50, 60, 128});
        assertEquals(new Picture(2, 1, bytes(10, 20, 30, 40, 50, 60)), read(PictureFiles.encode(image, "png")));
    }

    @ParameterizedTest
    @ValueSource(ints = {ColorSpace.CS_GRAY, ColorSpace.CS_sRGB})
    void sixteenBitsKeepTheirHighByte(int space) throws Exception {
        ColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(space), false, false, ColorModel.OPAQUE, DataBuffer.TYPE_USHORT);
        WritableRaster raster = model.createCompatibleWritableRaster(2, 1);
        int bands = raster.getNumBands();
        raster.setPixels(0, 0, 2, 1, Arrays.copyOf(
                bands == 1 ? new int[] {0x12FF, 0x8001} : new int[] {0x12FF, 0x34FF, 0x5680, 0x8001, 0xFF00, 0x00FF},
                2 * bands));
        BufferedImage image = new BufferedImage(model, raster, false, null);
        assertEquals(
                new Picture(2, 1, bands == 1
                        ? bytes(0x12, 0x12, 0x12, 0x80, 0x80, 0x80)
                        : bytes(0x12, 0x34, 0x56, 0x80, 0xFF, 0x00)),
                read(PictureFiles.encode(image, "png")));
    }

    /** Eight columns, so that no row of the BMP ends with padding, which is no part of the picture. */
    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "gif", "bmp"})
    void aFileCutAnywhereIsRefused(String format) throws Exception {
        byte[] data = PictureFiles.encode(PictureFiles.pattern(8, 5, BufferedImage.TYPE_INT_RGB), format);
        read(data);
        for (int length = 0; length < data.length; length++) {
            assertRefused(Arrays.copyOf(data, length), "", "the first " + length + " of " + data.length + " bytes");
        }
    }

    @Test
    void aPngWithAnyOtherByteIsRefused() throws Exception {
        byte[] data = PictureFiles.encode(PictureFiles.pattern(7, 5, BufferedImage.TYPE_INT_RGB), "png");
        for (int at = 0; at < data.length; at++) {
            for (int flip : new int[] {0x01, 0x20, 0x80}) {
                byte[] damaged = data.clone();
                damaged[at] ^= (byte) flip;
                assertRefused(damaged, "", "byte " + at + " with bits " + flip + " changed");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"16385, 1", "1, 16385", "16384, 4097", "65536, 65536", "2147483647, 2147483647"})
    void aPngThatDeclaresTooManyPixelsIsRefusedBeforeItTakesMemory(int width, int height) throws Exception {
        assertRefused(declared(width, height), "a picture of " + width + " x " + height + " pixels; the limits are", "");
    }

    @ParameterizedTest
    @CsvSource({"jpg, 65500, 65500", "gif, 65535, 65535"})
    void otherFormatsHaveTheSameLimit(String format, int width, int height) throws Exception {
        byte[] data = PictureFiles.encode(PictureFiles.pattern(7, 5, BufferedImage.TYPE_INT_RGB), format);
        ByteBuffer buffer = ByteBuffer.wrap(data);
        if (format.equals("jpg")) {
            buffer.position(frameHeader(data) + 5).putShort((short) height).putShort((short) width);
        } else {
            buffer.order(ByteOrder.LITTLE_ENDIAN).position(6).putShort((short) width).putShort((short) height);
        }
        assertRefused(data, "a picture of " + width + " x " + height + " pixels; the limits are", "");
    }

    @Test
    void theContentDecidesNotTheName() throws Exception {
        BufferedImage image = PictureFiles.pattern(7, 5, BufferedImage.TYPE_INT_RGB);
        Path misnamed = Files.write(folder.resolve("photo.jpg"), PictureFiles.encode(image, "png"));
        assertEquals(picture(image), Pictures.read(misnamed));
    }

    @ParameterizedTest
    @CsvSource({
        "'', an empty file", "%PDF-1.7, a PDF document", "<svg, a text file", "PK\u0003\u0004, a ZIP archive",
        "0000ftypheic, a HEIC photo", "0000ftypavif, an AVIF picture", "0000ftypisom, an MP4",
        "RIFF0000WEBP, a WebP picture", "RIFF0000AVI , perhaps an AVI", "hello, of no known picture format"})
    void whatIsNoPictureIsNamed(String content, String name) throws Exception {
        assertRefused(content.getBytes(StandardCharsets.ISO_8859_1), name, "");
    }

    @Test
    void aPathWithoutAFileIsRefused() {
        for (String name : new String[] {"absent.png", "."}) {
            Path file = folder.resolve(name);
            MediaException e = assertThrows(MediaException.class, () -> Pictures.read(file));
            assertEquals(file, e.file());
            assertTrue(e.getMessage().startsWith(file + ": no"), e.getMessage());
        }
    }

    @Test
    void aBmpAroundAnotherFormatIsRefused() throws Exception {
        byte[] data = PictureFiles.encode(PictureFiles.pattern(7, 5, BufferedImage.TYPE_INT_RGB), "bmp");
        data[30] = 5;
        assertRefused(data, "a BMP of compression 5", "");
    }

    private Picture read(byte[] data) throws IOException, MediaException {
        return Pictures.read(Files.write(folder.resolve("picture"), data));
    }

    private void assertRefused(byte[] data, String reason, String what) throws IOException {
        Path file = Files.write(folder.resolve("picture"), data);
        String message = assertThrows(MediaException.class, () -> Pictures.read(file), what).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(reason), message);
    }

    private static Picture picture(BufferedImage image) {
        Raster raster = image.getRaster();
        int[] samples = raster.getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
        return new Picture(image.getWidth(), image.getHeight(), bytes(samples));
    }

    private static Picture uniform(int width, int height, int... rgb) {
        byte[] all = new byte[3 * width * height];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) rgb[i % 3];
        }
        return new Picture(width, height, all);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A small PNG whose header claims another size, with the right checksum. */
    private static byte[] declared(int width, int height) throws IOException {
        byte[] data = PictureFiles.grey(2, 2, 0);
        CRC32 crc = new CRC32();
        ByteBuffer buffer = ByteBuffer.wrap(data).putInt(16, width).putInt(20, height);
        crc.update(data, 12, 17);
        buffer.putInt(29, (int) crc.getValue());
        return data;
    }

    /** Where a baseline JPEG's SOF0 marker stands. */
    private static int frameHeader(byte[] jpeg) {
        int at = 2;
        while ((jpeg[at + 1] & 0xFF) != 0xC0) {
            at += 2 + ByteBuffer.wrap(jpeg).getShort(at + 2);
        }
        return at;
    }
}
