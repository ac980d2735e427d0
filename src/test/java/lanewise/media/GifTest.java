package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GIF frames laid over one another as Pillow's {@code convert("RGB")} shows them, which gives the same screens. */
class GifTest {
    /** One letter each: black, red, green, blue. */
    private static final int[] PALETTE = {0x000000, 0xFF0000, 0x00FF00, 0x0000FF};
    private static final String LETTERS = "krgb";
    private static final int KEEP = 1;
    private static final int CLEAR = 2;
    private static final int RESTORE = 3;

    @TempDir
    private Path folder;

    @Test
    void aFrameCoversItsPlaceOnly() throws Exception {
        assertEquals(
                List.of("rrrr rrrr rrrr", "rrrr rggr rrrr", "rrrr rggr rbrr"),
                screens(gif(2).control(KEEP, -1).frame(0, 0, "1111", "1111", "1111")
                        .control(KEEP, -1).frame(1, 1, "22")
                        .control(KEEP, -1).frame(1, 2, "3").end()));
    }

    @Test
    void transparentPixelsShowTheFrameBelow() throws Exception {
        assertEquals(
                List.of("rrrr rrrr rrrr", "rgrr grrr rrrr"),
                screens(gif(0).frame(0, 0, "1111", "1111", "1111").control(KEEP, 3).frame(0, 0, "32", "23").end()));
    }

    @Test
    void transparencyHoldsForOneFrame() throws Exception {
        assertEquals(
                List.of("rrrr rrrr rrrr", "grrr rrrr rrrr", "gbrr rrrr rrrr"),
                screens(gif(0).frame(0, 0, "1111", "1111", "1111")
                        .control(KEEP, 3).frame(0, 0, "23")
                        .frame(1, 0, "3").end()));
    }

    /** There is nothing below the first frame, and its place beyond the picture has the transparent colour too. */
    @Test
    void transparentPixelsOfTheFirstFrameHaveTheirColour() throws Exception {
        assertEquals(
                List.of("bbbb brbb bbbb", "gbbb brbb bbbb"),
                screens(gif(0).control(KEEP, 3).frame(1, 1, "13").control(KEEP, -1).frame(0, 0, "2").end()));
    }

    @Test
    void aClearedPlaceGetsTheTransparentColourOrTheBackground() throws Exception {
        assertEquals(
                List.of("rrrr rrrr rrrr", "rggr rrrr rrrr", "rbbr rrrr rrrk"),
                screens(gif(3).control(KEEP, -1).frame(0, 0, "1111", "1111", "1111")
                        .control(CLEAR, -1).frame(1, 0, "22")
                        .control(KEEP, -1).frame(3, 2, "0").end()));
        assertEquals(
                List.of("rrrr rrrr rrrr", "rgrr rrrr rrrr", "rkkr rrrr rrrg"),
                screens(gif(3).control(KEEP, -1).frame(0, 0, "1111", "1111", "1111")
                        .control(CLEAR, 0).frame(1, 0, "20")
                        .control(KEEP, -1).frame(3, 2, "2").end()));
    }

    @Test
    void aRestoredPlaceGetsItsFormerContent() throws Exception {
        assertEquals(
                List.of("rrrr rrrr rrrr", "rggr rggr rrrr", "rrrr rrrr rrrb"),
                screens(gif(0).control(KEEP, -1).frame(0, 0, "1111", "1111", "1111")
                        .control(RESTORE, -1).frame(1, 0, "22", "22")
                        .control(KEEP, -1).frame(3, 2, "3").end()));
    }

    @Test
    void aFrameWithoutDisposalIsTreatedAsTheOneBefore() throws Exception {
        assertEquals(
                List.of("rrrr rrrr rrrr", "gbbb bbbb bbbb", "bgbb bbbb bbbb"),
                screens(gif(3).control(CLEAR, -1).frame(0, 0, "1111", "1111", "1111")
                        .control(0, -1).frame(0, 0, "2")
                        .control(0, -1).frame(1, 0, "2").end()));
    }

    @Test
    void aFrameMayHaveItsOwnColours() throws Exception {
        assertEquals(
                List.of("rrrr rrrr rrrr", "brrr rrrr rrrr"),
                screens(gif(0).frame(0, 0, "1111", "1111", "1111")
                        .frame(0, 0, new int[] {0x0000FF, 0x00FF00, 0, 0}, "0").end()));
    }

    @Test
    void interlacedRowsComeInTheirOrder() throws Exception {
        String[] rows = {"0123", "1230", "2301", "3012", "0000", "1111", "2222", "3333", "0321", "3210", "2103"};
        byte[] plain = new GifBytes(4, 11, 0, PALETTE).frame(0, 0, rows).end();
        byte[] interlaced = new GifBytes(4, 11, 0, PALETTE).interlaced(0, 0, rows).end();
        Picture expected = Pictures.read(file(plain));
        assertEquals("krgb rgbk gbkr bkrg kkkk rrrr gggg bbbb kbgr bgrk grkb", text(expected));
        assertEquals(expected, Pictures.read(file(interlaced)));
    }

    @Test
    void skippedFramesStillLeaveTheirPixels() throws Exception {
        byte[] data = gif(0).frame(0, 0, "1111", "1111", "1111").frame(0, 0, "2").frame(1, 0, "3").end();
        try (FrameSource frames = Clip.of(file(data)).frames()) {
            assertTrue(frames.skip());
            assertTrue(frames.skip());
            assertEquals("gbrr rrrr rrrr", text(frames.next().orElseThrow()));
            assertFalse(frames.skip());
        }
    }

    @Test
    void aPictureOfManyFramesIsReadAsItsFirst() throws Exception {
        byte[] data = gif(0).frame(0, 0, "1111", "1111", "1111").frame(0, 0, "2").end();
        assertEquals("rrrr rrrr rrrr", text(Pictures.read(file(data))));
    }

    @Test
    void aFrameBeyondTheScreenIsRefused() throws Exception {
        assertRefused("does not lie on the screen of 4 x 3", gif(0).frame(3, 0, "11").frame(0, 0, "1").end());
        assertRefused("does not lie on the screen of 4 x 3", gif(0).frame(0, 3, "1").frame(0, 0, "1").end());
    }

    @Test
    void aFileWithoutAFrameIsRefused() throws Exception {
        assertRefused("no picture in it", gif(0).end());
    }

    @Test
    void moreFramesThanMemoryAndTimeAllowAreRefusedBeforeDecoding() throws Exception {
        GifBytes many = new GifBytes(16_384, 4_096, 0, PALETTE);
        for (int i = 0; i < 17; i++) {
            many.frame(0, 0, "1");
        }
        assertRefused("an animation of more than 16 frames of 16384 x 4096", many.end());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x2D, 0xFF})
    void anUnknownBlockIsRefused(int block) throws Exception {
        byte[] data = gif(0).frame(0, 0, "1").frame(0, 0, "1").end();
        data[data.length - 1] = (byte) block;
        assertRefused("no block starts at byte " + (data.length - 1), data);
    }

    private static GifBytes gif(int background) {
        return new GifBytes(4, 3, background, PALETTE);
    }

    private Path file(byte[] data) throws IOException {
        return Files.write(folder.resolve("clip.gif"), data);
    }

    private void assertRefused(String reason, byte[] data) throws IOException {
        Path file = file(data);
        String message = assertThrows(MediaException.class, () -> Clip.of(file)).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(reason), message);
    }

    private List<String> screens(byte[] data) throws Exception {
        List<String> screens = new ArrayList<>();
        Clip clip = Clip.of(file(data));
        try (FrameSource frames = clip.frames()) {
            for (Optional<Picture> frame = frames.next(); frame.isPresent(); frame = frames.next()) {
                screens.add(text(frame.get()));
            }
        }
        assertEquals(clip.count(), screens.size());
        return screens;
    }

    /** One letter a pixel, rows apart. */
    private static String text(Picture picture) {
        StringBuilder text = new StringBuilder();
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                int colour = picture.level(x, y, 0) << 16 | picture.level(x, y, 1) << 8 | picture.level(x, y, 2);
                int index = 0;
                while (PALETTE[index] != colour) {
                    index++;
                }
                text.append(LETTERS.charAt(index));
            }
            text.append(' ');
        }
        return text.toString().strip();
    }
}
