package lanewise.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A sequence of frames that can be read again and again. */
sealed interface Clip permits FolderClip, GifClip, VideoClip {
    /** The number of frames, at least 1. */
    int count() throws MediaException, IOException;

    /** Opens the clip at its first frame. */
    FrameSource frames() throws MediaException, IOException;

    /** The clip in a folder, an animated GIF or a video file. */
    static Clip of(Path file) throws MediaException, IOException {
        if (Files.isDirectory(file)) {
            return FolderClip.of(file);
        }
        Pictures.requireFile(file);
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(PictureFormat.HEAD_BYTES);
        }
        if (head.length == 0) {
            throw new MediaException(file, "an empty file", "give a video, an animated GIF or a folder of numbered frames");
        }
        if (PictureFormat.of(head).isEmpty()) {
            return VideoClip.of(file, head);
        }
        if (PictureFormat.of(head).get() == PictureFormat.GIF) {
            byte[] data = Pictures.bytes(file);
            Gif gif = Gif.parse(file, data);
            if (gif.frames().size() > 1) {
                return new GifClip(file, data, gif);
            }
        }
        throw new MediaException(
                file,
                "a single still picture, but the model takes clips",
                "give a video, an animated GIF or a folder of numbered frames, or use a picture model");
    }
}
