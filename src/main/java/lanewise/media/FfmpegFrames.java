package lanewise.media;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The PPM pictures that an ffmpeg process writes to its standard output. The process ends with this source, at the latest
 * with the JVM; it is also ended when a caller has waited too long for a frame.
 */
final class FfmpegFrames implements FrameSource {
    private static final Duration STALL = Duration.ofSeconds(30);
    private static final int LONGEST_ERROR = 200;
    /** The part of ffmpeg that speaks, and the file, which is named anyway. */
    private static final Pattern SPEAKER = Pattern.compile("^(\\[[^\\]]* @ 0x[0-9a-fA-F]+\\] *)+|^file:.*: (?=[^:]+$)");

    private final Path file;
    private final Process process;
    private final InputStream out;
    private final Thread errorReader;
    private final Thread exitHook;
    private final Duration stall;
    private int frames;

    /** The first error, which the others follow from; empty where there is none. */
    private volatile String error = "";

    /** When the caller asked for a frame that is not there yet, as {@link System#nanoTime} tells it. */
    private volatile OptionalLong waitingSince = OptionalLong.empty();
    private volatile boolean stalled;

    FfmpegFrames(Path file, List<String> command) throws MediaException {
        this(file, command, STALL);
    }

    /** @param stall the longest wait for one frame; what the caller does between two frames may take any time */
    FfmpegFrames(Path file, List<String> command, Duration stall) throws MediaException {
        this.file = file;
        this.stall = stall;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new MediaException(
                    file,
                    "ffmpeg, which decodes videos, is not on the PATH",
                    "install ffmpeg 5.1 or newer (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg) or give"
                            + " a folder of frames or an animated GIF",
                    e);
        }
        exitHook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(exitHook);
        out = new BufferedInputStream(process.getInputStream(), 1 << 16);
        errorReader = Thread.ofVirtual().start(this::collectErrors);
        Thread.ofVirtual().start(this::endWhenStalled);
    }

    @Override
    public Optional<Picture> next() throws MediaException, IOException {
        waitingSince = OptionalLong.of(System.nanoTime());
        try {
            Optional<Size> size = header();
            if (size.isEmpty()) {
                return Optional.empty();
            }
            byte[] rgb = new byte[size.get().bytes()];
            if (out.readNBytes(rgb, 0, rgb.length) < rgb.length) {
                throw failure("ffmpeg stopped within frame " + frames);
            }
            frames++;
            return Optional.of(new Picture(size.get().width(), size.get().height(), rgb));
        } finally {
            waitingSince = OptionalLong.empty();
        }
    }

    @Override
    public boolean skip() throws MediaException, IOException {
        waitingSince = OptionalLong.of(System.nanoTime());
        try {
            Optional<Size> size = header();
            if (size.isEmpty()) {
                return false;
            }
            out.skipNBytes(size.get().bytes());
            frames++;
            return true;
        } catch (EOFException e) {
            throw failure("ffmpeg stopped within frame " + frames);
        } finally {
            waitingSince = OptionalLong.empty();
        }
    }

    private record Size(int width, int height) {
        int bytes() {
            return 3 * width * height;
        }
    }

    /** {@code P6}, width, height and 255, each followed by one white space; nothing at the end of the clip. */
    private Optional<Size> header() throws MediaException, IOException {
        int first = out.read();
        if (first < 0) {
            checkEnd();
            return Optional.empty();
        }
        if (first != 'P' || number() != 6) {
            throw failure("ffmpeg wrote no PPM picture");
        }
        Size size = new Size(number(), number());
        if (number() != 255 || size.width < 1 || size.height < 1) {
            throw failure("ffmpeg wrote no 8-bit picture");
        }
        if (size.width > VideoClip.MAX_SIDE || size.height > VideoClip.MAX_SIDE) {
            throw new MediaException(
                    file,
                    "a video of " + size.width + " x " + size.height + " pixels; the limit is " + VideoClip.MAX_SIDE
                            + " a side",
                    "scale it down: ffmpeg -i in.mp4 -vf scale=640:-2 out.mp4");
        }
        return Optional.of(size);
    }

    private int number() throws IOException {
        int value = 0;
        for (int digit = out.read(); digit >= '0' && digit <= '9' && value < 1_000_000; digit = out.read()) {
            value = 10 * value + digit - '0';
        }
        return value;
    }

    /** Anything that ffmpeg reports as an error means that frames are missing or made up. */
    private void checkEnd() throws MediaException {
        try {
            int code = process.waitFor();
            errorReader.join();
            if (stalled) {
                throw failure("ffmpeg brought no frame for " + stall.toSeconds() + " s");
            }
            if (code != 0 && frames == 0) {
                // The containers that are read are this program's choice, which tells users nothing.
                boolean tells = !error.isEmpty() && !error.contains("not on whitelist");
                throw new MediaException(file,
                        "neither a picture, a GIF nor a video" + (tells ? " (ffmpeg: " + error + ")" : ""),
                        "give a video that plays, an animated GIF or a folder of numbered frames");
            }
            if (code != 0 || !error.isEmpty()) {
                throw failure("ffmpeg cannot decode it all (exit code " + code + ", " + frames + " frames)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MediaException(file, "interrupted while reading it", "try again", e);
        }
    }

    private MediaException failure(String what) {
        return new MediaException(
                file,
                what + (error.isEmpty() ? "" : ": " + error),
                "check that it is a video and plays; repair it with: ffmpeg -i in.mp4 out.mp4");
    }

    private void collectErrors() {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (error.isEmpty()) {
                    String said = SPEAKER.matcher(line.strip()).replaceFirst("");
                    error = said.length() > LONGEST_ERROR ? said.substring(0, LONGEST_ERROR) + "..." : said;
                }
            }
        } catch (IOException e) {
            // The process was ended while it wrote; what it had said so far stays.
            return;
        }
    }

    private void endWhenStalled() {
        try {
            while (!process.waitFor(stall.dividedBy(10))) {
                OptionalLong since = waitingSince;
                if (since.isPresent() && System.nanoTime() - since.getAsLong() > stall.toNanos()) {
                    stalled = true;
                    process.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        out.close();
        try {
            Runtime.getRuntime().removeShutdownHook(exitHook);
        } catch (IllegalStateException e) {
            // The JVM is ending and the hook has its turn.
            return;
        }
    }
}
