package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import lanewise.SharedFiles;
import lanewise.model.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Videos: what other programs write in ffmpeg's place, what ffmpeg itself does, and the chunks of AVI files. */
class VideoTest {
    private static final String PICTURE = "P6\\n2 1\\n255\\nabcdef";

    @TempDir
    private Path folder;

    @Test
    void withoutFfmpegTheMessageTellsHowToInstallIt() {
        Path file = Path.of("clip.mp4");
        MediaException e = assertThrows(
                MediaException.class, () -> new FfmpegFrames(file, List.of(folder.resolve("no-such-ffmpeg").toString())));
        assertTrue(e.getMessage().startsWith("clip.mp4: ffmpeg, which decodes videos, is not on the PATH; install"), e.getMessage());
        assertTrue(e.getMessage().contains("install ffmpeg"), e.getMessage());
        assertTrue(e.getMessage().contains("a folder of frames or an animated GIF"), e.getMessage());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void framesAreReadOneAfterTheOther() throws Exception {
        try (FrameSource frames = shell("printf '" + PICTURE + "P6 1 1 255 xyzP6\\n2 1\\n255\\nghijkl'")) {
            assertEquals(Optional.of(new Picture(2, 1, ascii("abcdef"))), frames.next());
            assertTrue(frames.skip());
            assertEquals(Optional.of(new Picture(2, 1, ascii("ghijkl"))), frames.next());
            assertEquals(Optional.empty(), frames.next());
            assertFalse(frames.skip());
        }
    }

    /** Whatever goes wrong after the first frame, the clip is not taken for a shorter one. */
    @ParameterizedTest
    @DisabledOnOs(OS.WINDOWS)
    @CsvSource(delimiter = '|', value = {
        "exit 3 | cannot decode it all (exit code 3, 1 frames)",
        "echo 'a bad block' >&2 | cannot decode it all (exit code 0, 1 frames): a bad block",
        "printf '[h264 @ 0x55d2] [x @ 0xAf] no frame\\nmore' >&2; exit 1 | (exit code 1, 1 frames): no frame; check",
        "printf '%0300d' 7 >&2; exit 1 | (exit code 1, 1 frames): 0000000000",
        "printf 'P6 2 1 255 abc' | stopped within frame 1",
        "printf 'P5 2 1 255 abc' | wrote no PPM picture",
        "printf 'hello' | wrote no PPM picture",
        "printf 'P6 2 1 65535 abcdef' | wrote no 8-bit picture",
        "printf 'P6 0 1 255 ' | wrote no 8-bit picture",
        "printf 'P6 4097 1 255 ' | a video of 4097 x 1 pixels; the limit is 4096 a side",
        "printf 'P6 1 99999999999 255 ' | wrote no 8-bit picture"})
    void aFaultAfterAFrameIsAnError(String command, String reason) throws Exception {
        for (boolean skip : new boolean[] {false, true}) {
            try (FrameSource frames = shell("printf '" + PICTURE + "'; " + command)) {
                assertTrue(frames.skip());
                MediaException e = assertThrows(MediaException.class, () -> {
                    if (skip) {
                        frames.skip();
                    } else {
                        frames.next();
                    }
                });
                assertTrue(e.getMessage().startsWith("clip.mp4: ") && e.getMessage().contains(reason), e.getMessage());
                assertTrue(e.getMessage().length() < 400, e.getMessage());
            }
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFrameThatDoesNotComeEndsTheProcess() throws Exception {
        try (FrameSource frames = shell("printf '" + PICTURE + "'; exec sleep 60", Duration.ofSeconds(1))) {
            assertTrue(frames.skip());
            MediaException e = assertTimeoutPreemptively(
                    Duration.ofSeconds(20), () -> assertThrows(MediaException.class, frames::next));
            assertTrue(e.getMessage().contains("brought no frame for 1 s"), e.getMessage());
        }
    }

    /** The process lives on while the caller is busy with a frame for longer than it would wait for one. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theCallersOwnTimeDoesNotCount() throws Exception {
        try (FrameSource frames = shell(
                "printf '" + PICTURE + "'; sleep 4; printf '" + PICTURE + "'", Duration.ofSeconds(1))) {
            assertTrue(frames.skip());
            Thread.sleep(3500);
            assertTrue(frames.skip());
            assertFalse(frames.skip());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void closingEndsTheProcess() throws Exception {
        FrameSource frames = shell("printf '" + PICTURE + "'; exec sleep 60");
        assertTrue(frames.skip());
        ProcessHandle sleeping = ProcessHandle.current().children().reduce((_, last) -> last).orElseThrow();
        frames.close();
        sleeping.onExit().get(10, TimeUnit.SECONDS);
        assertFalse(sleeping.isAlive());
    }

    @Test
    void aDamagedVideoIsRefused() {
        Ffmpeg.require();
        Path file = SharedFiles.require("media/video/corrupted.mp4");
        MediaException e = assertThrows(MediaException.class, () -> Guard.call(file, () -> Clip.of(file).count()));
        assertTrue(e.getMessage().startsWith(file + ": ffmpeg cannot decode it all"), e.getMessage());
    }

    @Test
    void whatIsNoVideoIsNotCalledOne() throws IOException {
        Ffmpeg.require();
        Path text = Files.writeString(folder.resolve("text.jpg"), "one line of text");
        assertEquals(text + ": neither a picture, a GIF nor a video; give a video that plays, an animated GIF or a folder of"
                + " numbered frames", refusal(text));
        Path mp4 = Files.writeString(folder.resolve("text.mp4"), "one line of text");
        assertTrue(refusal(mp4).startsWith(mp4 + ": neither a picture, a GIF nor a video (ffmpeg: "), refusal(mp4));
        assertFalse(refusal(mp4).contains("@ 0x") || refusal(mp4).contains("file:"), refusal(mp4));
        Path empty = Files.createFile(folder.resolve("empty.mp4"));
        assertTrue(refusal(empty).startsWith(empty + ": an empty file; "), refusal(empty));
    }

    /** In a folder too, where the model takes clips already. */
    @Test
    void aBadFrameAsksForNoOtherModel() throws IOException {
        Files.writeString(folder.resolve("frame_1.jpg"), "one line of text");
        String message = refusal(folder);
        assertTrue(message.contains("frame_1.jpg: not a picture") && !message.contains("clip model"), message);
    }

    private static String refusal(Path file) {
        try (Arena arena = Arena.ofShared()) {
            return assertThrows(MediaException.class, () -> Media.load(arena, file, Preprocessing.KINETICS)).getMessage();
        }
    }

    @Test
    void aWholeAviPasses() throws Exception {
        Avi.check(file(riff(list(chunk("00dc", 3, 3)), chunk("idx1", 4, 4))));
        Avi.check(file(concat(riff(chunk("00dc", 2, 2)), ascii("after the end: RIFF says where it ends"))));
        Avi.check(file(concat(riff(chunk("00dc", 2, 2)), riff(chunk("00dc", 4, 4)))));
    }

    @Test
    void anAviWhoseChunkReachesBeyondItIsRefused() throws IOException {
        assertCut("a chunk of 9 bytes reaches 1 bytes beyond its end", riff(list(chunk("00dc", 9, 8))));
        assertCut("a chunk of 4294967295 bytes reaches", riff(chunk("00dc", -1, 8)));
        assertCut("a chunk of 6 bytes reaches 4 bytes", concat(riff(chunk("00dc", 2, 2)), riff(chunk("00dc", 6, 2))));
    }

    /** Between chunks too, where each that is left is whole; less than the first header is no AVI. */
    @Test
    void anAviCutAnywhereIsRefused() throws Exception {
        byte[] whole = riff(list(chunk("00dc", 3, 3), chunk("00dc", 4, 4)), chunk("idx1", 8, 8));
        Avi.check(file(whole));
        for (int length = 12; length < whole.length; length++) {
            Path cut = file(Arrays.copyOf(whole, length));
            assertThrows(MediaException.class, () -> Avi.check(cut), length + " of " + whole.length + " bytes");
        }
    }

    /** A recorder that lost its power has not noted the size; what there is can be used. */
    @Test
    void anAviOfUnknownSizePasses() throws Exception {
        for (int size : new int[] {0, -1}) {
            Avi.check(file(concat(header("RIFF", size), ascii("AVI "), list(chunk("00dc", 4, 4)))));
        }
    }

    private void assertCut(String reason, byte[] avi) throws IOException {
        Path file = file(avi);
        String message = assertThrows(MediaException.class, () -> Clip.of(file)).getMessage();
        assertTrue(message.startsWith(file + ": a truncated or damaged AVI: " + reason), message);
    }

    private Path file(byte[] data) throws IOException {
        return Files.write(folder.resolve("clip.avi"), data);
    }

    private static FrameSource shell(String command) throws MediaException {
        return new FfmpegFrames(Path.of("clip.mp4"), List.of("sh", "-c", command));
    }

    private static FrameSource shell(String command, Duration stall) throws MediaException {
        return new FfmpegFrames(Path.of("clip.mp4"), List.of("sh", "-c", command), stall);
    }

    private static byte[] riff(byte[]... chunks) {
        byte[] content = concat(ascii("AVI "), concat(chunks));
        return concat(header("RIFF", content.length), content);
    }

    private static byte[] list(byte[]... chunks) {
        byte[] content = concat(ascii("movi"), concat(chunks));
        return concat(header("LIST", content.length), content);
    }

    /** A chunk that claims {@code size} bytes and has {@code bytes}, padded to an even number. */
    private static byte[] chunk(String type, int size, int bytes) {
        return concat(header(type, size), new byte[bytes + (bytes & 1)]);
    }

    private static byte[] header(String type, int size) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).put(ascii(type)).putInt(size).array();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
