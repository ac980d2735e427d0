package lanewise.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import lanewise.model.Preprocessing;

/**
 * A video file of any container and codec, decoded by an {@code ffmpeg} process found on the {@code PATH}. Every decoded
 * frame counts once, whatever its time stamp; the rotation that a phone notes in the file is applied.
 */
record VideoClip(Path file) implements Clip {
    /** The longest side of a video, in pixels. */
    static final int MAX_SIDE = 4096;

    /** Containers that hold their own data; play lists and scripts that name further files are not among them. */
    private static final String CONTAINERS = String.join(
            ",", "mov", "matroska", "avi", "flv", "mpeg", "mpegts", "mpegvideo", "asf", "ogg", "yuv4mpegpipe", "h264",
            "hevc", "m4v", "ivf", "obu", "nut", "mxf", "dv", "rm");

    static VideoClip of(Path file, byte[] head) throws MediaException, IOException {
        if (new String(head, StandardCharsets.ISO_8859_1).startsWith("AVI ", 8)) {
            Avi.check(file);
        }
        return new VideoClip(file);
    }

    /** Decodes the whole clip once: what a container says about its length is often wrong. */
    @Override
    public int count() throws MediaException, IOException {
        try (FrameSource frames = frames()) {
            int count = 0;
            while (frames.skip()) {
                if (++count > Preprocessing.MAX_FRAMES) {
                    throw new MediaException(
                            file,
                            "a clip of more than " + Preprocessing.MAX_FRAMES + " frames",
                            "cut it: ffmpeg -ss START -t SECONDS -i in.mp4 out.mp4");
                }
            }
            if (count == 0) {
                throw new MediaException(file, "a video without a frame", "check that it plays and save it anew");
            }
            return count;
        }
    }

    @Override
    public FrameSource frames() throws MediaException {
        return new FfmpegFrames(file, List.of(
                "ffmpeg", "-nostdin", "-v", "error",
                "-protocol_whitelist", "file,pipe",
                "-format_whitelist", CONTAINERS,
                "-max_pixels", Integer.toString(MAX_SIDE * MAX_SIDE),
                "-i", "file:" + file.toAbsolutePath(),
                "-map", "0:v:0",
                "-fps_mode", "passthrough",
                "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1"));
    }
}
