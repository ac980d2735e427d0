package lanewise.media;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lanewise.model.Preprocessing;

/**
 * What a GIF file's blocks say, read before any decoder sees the file.
 *
 * @param width columns of the logical screen on which the frames are laid
 * @param height rows of it
 * @param background index of the background colour
 * @param frames all frames in order, at least one
 */
record Gif(int width, int height, int background, List<Frame> frames) {
    /** The most pixels that laying out all frames may touch: 500 frames of Full HD, say. */
    static final long MAX_SCREENS_PIXELS = 1L << 30;

    /**
     * One frame's place on the screen and its colours.
     *
     * @param palette 256 times red, green and blue; black beyond the file's table
     * @param transparent index of the colour that leaves the screen as it is, or -1
     * @param disposal what happens to the frame's place before the next frame, as coded: 2 clears it, from 3 it gets back
     *     its former content; 0, unspecified, counts as the frame before
     */
    record Frame(int left, int top, int width, int height, byte[] palette, int transparent, int disposal) {}

    static Gif parse(Path file, byte[] data) throws MediaException {
        return new Walk(file, data).run();
    }

    /** One pass over the blocks. */
    private static final class Walk {
        private static final int EXTENSION = 0x21;
        private static final int GRAPHIC_CONTROL = 0xF9;
        private static final int IMAGE = 0x2C;
        private static final int TRAILER = 0x3B;
        private static final int HAS_TABLE = 0x80;

        private final Path file;
        private final byte[] in;
        private final List<Frame> frames = new ArrayList<>();
        private int at = 6;
        private int width;
        private int height;
        private byte[] screenPalette = new byte[0];
        private int transparent = -1;
        private int disposal;

        Walk(Path file, byte[] in) {
            this.file = file;
            this.in = in;
        }

        Gif run() throws MediaException {
            width = unsigned16();
            height = unsigned16();
            Pictures.checkSize(file, width, height);
            int flags = unsigned8();
            int coded = unsigned8();
            unsigned8();
            int background = 0;
            if ((flags & HAS_TABLE) != 0) {
                screenPalette = palette(flags);
                background = coded;
            }
            while (true) {
                switch (unsigned8()) {
                    case EXTENSION -> extension();
                    case IMAGE -> image();
                    case TRAILER -> {
                        if (frames.isEmpty()) {
                            throw damaged("no picture in it");
                        }
                        return new Gif(width, height, background, List.copyOf(frames));
                    }
                    default -> throw damaged("no block starts at byte " + (at - 1));
                }
            }
        }

        private void extension() throws MediaException {
            if (unsigned8() == GRAPHIC_CONTROL) {
                int size = unsigned8();
                require(size);
                if (size >= 4) {
                    int flags = in[at];
                    transparent = (flags & 1) != 0 ? in[at + 3] & 0xFF : transparent;
                    disposal = (flags >> 2 & 7) != 0 ? flags >> 2 & 7 : disposal;
                }
                at += size;
                if (size == 0) {
                    return;
                }
            }
            skipData();
        }

        private void image() throws MediaException {
            int left = unsigned16();
            int top = unsigned16();
            int frameWidth = unsigned16();
            int frameHeight = unsigned16();
            if (frameWidth == 0 || frameHeight == 0 || left + frameWidth > width || top + frameHeight > height) {
                throw damaged("frame " + frames.size() + " of " + frameWidth + " x " + frameHeight + " at (" + left
                        + ", " + top + ") does not lie on the screen of " + width + " x " + height);
            }
            int flags = unsigned8();
            byte[] palette = (flags & HAS_TABLE) != 0 ? palette(flags) : screenPalette;
            if (palette.length == 0) {
                throw damaged("frame " + frames.size() + " has no colour table");
            }
            unsigned8();
            skipData();
            frames.add(new Frame(left, top, frameWidth, frameHeight, palette, transparent, disposal));
            transparent = -1;
            long pixels = (long) frames.size() * width * height;
            if (frames.size() > Preprocessing.MAX_FRAMES || pixels > MAX_SCREENS_PIXELS) {
                throw new MediaException(
                        file,
                        "an animation of more than " + (frames.size() - 1) + " frames of " + width + " x " + height
                                + "; the limits are " + Preprocessing.MAX_FRAMES + " frames and "
                                + (MAX_SCREENS_PIXELS >> 20) + " Mpixel in all",
                        "cut it or convert it to MP4");
            }
        }

        private byte[] palette(int flags) throws MediaException {
            int bytes = 3 * (2 << (flags & 7));
            require(bytes);
            byte[] palette = Arrays.copyOf(Arrays.copyOfRange(in, at, at + bytes), 3 * 256);
            at += bytes;
            return palette;
        }

        private void skipData() throws MediaException {
            int size;
            do {
                size = unsigned8();
                require(size);
                at += size;
            } while (size > 0);
        }

        private int unsigned8() throws MediaException {
            require(1);
            return in[at++] & 0xFF;
        }

        private int unsigned16() throws MediaException {
            return unsigned8() | unsigned8() << 8;
        }

        private void require(int bytes) throws MediaException {
            if (bytes > in.length - at) {
                throw new MediaException(
                        file,
                        "a truncated GIF: a block goes on after the last of " + in.length + " bytes",
                        "copy or download it again");
            }
        }

        private MediaException damaged(String what) {
            return new MediaException(file, "a damaged GIF: " + what, "copy it again or save it anew");
        }
    }
}
