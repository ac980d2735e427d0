package lanewise.media;

import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** An animated GIF, its frames laid over one another as Pillow does. */
record GifClip(Path file, byte[] data, Gif gif) implements Clip {
    @Override
    public int count() {
        return gif.frames().size();
    }

    @Override
    public FrameSource frames() {
        return new Screen(file, data, gif);
    }

    /** The logical screen and what has to be undone on it before the next frame. */
    private static final class Screen implements FrameSource {
        private final Gif gif;
        private final Pictures.Decoder decoder;
        private final byte[] rgb;
        private int next;
        private Runnable disposal = () -> {};

        Screen(Path file, byte[] data, Gif gif) {
            this.gif = gif;
            this.rgb = new byte[3 * gif.width() * gif.height()];
            this.decoder = new Pictures.Decoder(file, PictureFormat.GIF, data);
        }

        @Override
        public Optional<Picture> next() throws MediaException, IOException {
            return skip() ? Optional.of(new Picture(gif.width(), gif.height(), rgb.clone())) : Optional.empty();
        }

        @Override
        public boolean skip() throws MediaException, IOException {
            if (next == gif.frames().size()) {
                return false;
            }
            Gif.Frame frame = gif.frames().get(next);
            Raster indices = decoder.image(next).getRaster();
            disposal.run();
            if (next == 0) {
                // There is nothing below the first frame: its transparent pixels show their palette colour.
                fill(0, 0, gif.width(), gif.height(), frame.palette(), Math.max(frame.transparent(), 0));
            }
            disposal = disposal(frame);
            draw(frame, indices);
            next++;
            return true;
        }

        private void draw(Gif.Frame frame, Raster indices) throws IOException {
            if (indices.getWidth() != frame.width() || indices.getHeight() != frame.height()) {
                throw new IOException("frame " + next + " decodes to another size than it declares");
            }
            int[] row = new int[frame.width()];
            for (int y = 0; y < frame.height(); y++) {
                indices.getSamples(indices.getMinX(), indices.getMinY() + y, frame.width(), 1, 0, row);
                int target = offset(frame.left(), frame.top() + y);
                for (int index : row) {
                    if (index != frame.transparent()) {
                        System.arraycopy(frame.palette(), 3 * index, rgb, target, 3);
                    }
                    target += 3;
                }
            }
        }

        private Runnable disposal(Gif.Frame frame) {
            int left = frame.left();
            int top = frame.top();
            boolean clear = frame.disposal() == 2 || frame.disposal() > 2 && next == 0 && frame.transparent() >= 0;
            if (clear) {
                int colour = frame.transparent() >= 0 ? frame.transparent() : gif.background();
                return () -> fill(left, top, frame.width(), frame.height(), frame.palette(), colour);
            }
            if (frame.disposal() > 2 && next > 0) {
                int length = 3 * frame.width();
                byte[] former = new byte[length * frame.height()];
                for (int y = 0; y < frame.height(); y++) {
                    System.arraycopy(rgb, offset(left, top + y), former, y * length, length);
                }
                return () -> {
                    for (int y = 0; y < frame.height(); y++) {
                        System.arraycopy(former, y * length, rgb, offset(left, top + y), length);
                    }
                };
            }
            return () -> {};
        }

        private void fill(int left, int top, int width, int height, byte[] palette, int index) {
            byte[] colour = Arrays.copyOfRange(palette, 3 * index, 3 * index + 3);
            for (int y = top; y < top + height; y++) {
                int target = offset(left, y);
                for (int x = 0; x < width; x++) {
                    System.arraycopy(colour, 0, rgb, target + 3 * x, 3);
                }
            }
        }

        private int offset(int x, int y) {
            return 3 * (y * gif.width() + x);
        }

        @Override
        public void close() throws IOException {
            decoder.close();
        }
    }
}
