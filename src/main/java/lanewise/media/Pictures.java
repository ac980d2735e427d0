package lanewise.media;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Reads still pictures: JPEG, PNG, GIF (its first frame) and BMP, recognised by content.
 * The pixels are those of Pillow's {@code convert("RGB")}: transparency is dropped, not blended; grey, palette, 16-bit (its
 * high byte) and CMYK become RGB; colour profiles, gamma and EXIF orientation are ignored.
 * A file that is damaged or lacks any pixel data is refused even where decoders would return what they have.
 */
public final class Pictures {
    /** The largest picture read, in pixels. */
    public static final long MAX_PIXELS = 64L << 20;

    /** The longest side read. */
    public static final int MAX_SIDE = 16_384;

    /** The largest file read, in bytes. */
    public static final int MAX_FILE_BYTES = 128 << 20;

    private Pictures() {}

    /** Reads one picture; thread-safe. */
    public static Picture read(Path file) throws MediaException {
        return Guard.call(file, () -> decode(file, bytes(file)));
    }

    static byte[] bytes(Path file) throws MediaException, IOException {
        requireFile(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] data = in.readNBytes(MAX_FILE_BYTES + 1);
            if (data.length > MAX_FILE_BYTES) {
                throw new MediaException(
                        file, "larger than the limit of " + (MAX_FILE_BYTES >> 20) + " MiB", "scale it down");
            }
            return data;
        }
    }

    static void requireFile(Path file) throws MediaException {
        if (!Files.exists(file)) {
            throw new MediaException(file, "no such file", "check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new MediaException(file, "not a regular file", "give the path of a picture file");
        }
    }

    static void checkSize(Path file, int width, int height) throws MediaException {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
            throw new MediaException(
                    file,
                    "a picture of " + width + " x " + height + " pixels; the limits are " + MAX_SIDE + " a side and "
                            + (MAX_PIXELS >> 20) + " Mpixel",
                    "scale it down");
        }
    }

    static Picture decode(Path file, byte[] data) throws MediaException, IOException {
        PictureFormat format = PictureFormat.of(data)
                .orElseThrow(() -> unknown(file, data, "convert it to JPEG or PNG"));
        return switch (format) {
            case JPEG -> jpeg(file, data);
            case PNG -> {
                try (Decoder decoder = new Decoder(file, format, Png.pixelChunks(file, data))) {
                    yield toPicture(decoder.image(0));
                }
            }
            case GIF -> {
                try (FrameSource frames = new GifClip(file, data, Gif.parse(file, data)).frames()) {
                    yield frames.next().orElseThrow();
                }
            }
            case BMP -> {
                refuseEmbedded(file, data);
                try (Decoder decoder = new Decoder(file, format, data)) {
                    yield toPicture(decoder.image(0));
                }
            }
        };
    }

    static MediaException unknown(Path file, byte[] data, String cure) {
        return new MediaException(file, "not a picture that can be read: it is " + PictureFormat.describe(data), cure);
    }

    private static Picture jpeg(Path file, byte[] data) throws MediaException, IOException {
        Jpeg jpeg = Jpeg.parse(file, data);
        try (Decoder decoder = new Decoder(file, PictureFormat.JPEG, jpeg.data())) {
            Raster raster = decoder.raster();
            byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
            int pixel = raster.getNumBands();
            for (int i = 0; i < pixel; i++) {
                if (jpeg.halfHeight()[i]) {
                    JpegColour.interpolateRows(samples, pixel * raster.getWidth(), pixel, i);
                }
            }
            return new Picture(raster.getWidth(), raster.getHeight(), JpegColour.toRgb(samples, jpeg.colour()));
        }
    }

    /** A BMP may wrap a whole JPEG or PNG, which would pass by all checks on those. */
    private static void refuseEmbedded(Path file, byte[] data) throws MediaException {
        boolean longHeader = data.length > 30 && data[14] >= 40;
        if (longHeader && (data[30] & 0xFF) > 3) {
            throw new MediaException(
                    file, "a BMP of compression " + (data[30] & 0xFF) + ", not 0 to 3", "convert it to PNG");
        }
    }

    /** Takes the samples as they are coded: {@code getRGB} would bend grey by a gamma curve. */
    private static Picture toPicture(BufferedImage image) throws IOException {
        Raster raster = image.getRaster();
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        byte[][] levels = levels(image.getColorModel(), raster);
        byte[] rgb = new byte[3 * width * raster.getHeight()];
        int[] row = new int[bands * width];
        int target = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < row.length; x += bands) {
                for (int c = 0; c < 3; c++) {
                    rgb[target++] = levels[c][row[bands < 3 ? x : x + c]];
                }
            }
        }
        return new Picture(width, raster.getHeight(), rgb);
    }

    /** The 8-bit level of each sample value, for red, green and blue. */
    private static byte[][] levels(ColorModel model, Raster raster) throws IOException {
        byte[][] levels = new byte[3][];
        if (model instanceof IndexColorModel palette) {
            byte[][] tables = new byte[3][Math.max(256, palette.getMapSize())];
            palette.getReds(tables[0]);
            palette.getGreens(tables[1]);
            palette.getBlues(tables[2]);
            return tables;
        }
        for (int c = 0; c < 3; c++) {
            int bits = raster.getSampleModel().getSampleSize(raster.getNumBands() < 3 ? 0 : c);
            if (bits > 16) {
                throw new IOException(bits + " bits per sample");
            }
            byte[] table = new byte[1 << bits];
            for (int value = 0; value < table.length; value++) {
                table[value] = (byte) (bits > 8 ? value >> bits - 8 : value * 255 / (table.length - 1));
            }
            levels[c] = table;
        }
        return levels;
    }

    /** One of the JDK's own readers on one file, closed with all it holds. */
    static final class Decoder implements AutoCloseable {
        private final Path file;
        private final PictureStream stream;
        private final ImageReader reader;
        private String warning = "";

        Decoder(Path file, PictureFormat format, byte[] data) {
            this.file = file;
            this.stream = new PictureStream(data);
            this.reader = reader(format);
            reader.setInput(stream, false, true);
            reader.addIIOReadWarningListener((_, text) -> warning = text);
        }

        /** Plug-ins on the class path may decode otherwise, so only the JDK's readers serve. */
        private static ImageReader reader(PictureFormat format) {
            Iterator<ImageReader> readers =
                    ImageIO.getImageReadersByFormatName(format.name().toLowerCase(Locale.ROOT));
            while (readers.hasNext()) {
                ImageReader reader = readers.next();
                if (reader.getClass().getModule() == ImageIO.class.getModule()) {
                    return reader;
                }
            }
            throw new IllegalStateException("this JDK has no " + format + " reader");
        }

        BufferedImage image(int index) throws MediaException, IOException {
            check(index);
            BufferedImage image = reader.read(index);
            refuseWarning();
            return image;
        }

        /** The first picture's components as coded, without any colour conversion. */
        Raster raster() throws MediaException, IOException {
            check(0);
            Raster raster = reader.readRaster(0, null);
            refuseWarning();
            return raster;
        }

        private void check(int index) throws MediaException, IOException {
            int width = reader.getWidth(index);
            int height = reader.getHeight(index);
            checkSize(file, width, height);
            stream.allow((long) width * height);
        }

        /** A warning means that the decoder made up pixels for damaged data. */
        private void refuseWarning() throws MediaException {
            if (!warning.isEmpty()) {
                throw new MediaException(file, "damaged (" + warning + ")", "copy it again or save it anew");
            }
        }

        @Override
        public void close() throws IOException {
            reader.dispose();
            stream.close();
        }
    }
}
