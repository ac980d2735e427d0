package lanewise.media;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lanewise.model.Preprocessing;
import lanewise.model.Rgb;
import lanewise.tensor.Tensor;

/** From picture and clip files to input tensors, as torchvision's transforms make them. */
public final class Media {
    private Media() {}

    /**
     * Reads and prepares one picture or clip. A clip is a folder of numbered picture files of one size, an animated GIF, or a
     * video file, for which an {@code ffmpeg} program must be on the {@code PATH}.
     * Where a clip has at least {@code (frames - 1) * stride + 1} frames, the model sees that many from the middle, every
     * {@code stride}-th one; a shorter clip is spread evenly, frame {@code i} being {@code floor(i * count / frames)}.
     * In a folder, the frames that are not taken are not examined: a damaged one, or one of another size, is no error.
     *
     * @param arena owner of the tensor
     * @param file a picture file if {@code preprocessing} takes one frame, else a clip
     * @return 1 x 3 x frames x height x width
     * @throws MediaException if the file is unusable; nothing has been allocated from {@code arena} then
     */
    public static Tensor load(Arena arena, Path file, Preprocessing preprocessing) throws MediaException {
        List<Picture> frames = Guard.call(
                file, () -> preprocessing.isClip() ? clip(file, preprocessing) : List.of(still(file, preprocessing)));
        return tensor(arena, frames, preprocessing);
    }

    private static Picture still(Path file, Preprocessing preprocessing) throws MediaException, IOException {
        boolean animated = Files.isDirectory(file);
        byte[] data = animated ? new byte[0] : Pictures.bytes(file);
        if (PictureFormat.of(data).equals(Optional.of(PictureFormat.GIF))) {
            animated = Gif.parse(file, data).frames().size() > 1;
        }
        if (animated) {
            throw new MediaException(
                    file, "a clip, but the model takes single pictures", "give one picture file, or use a clip model");
        }
        if (PictureFormat.of(data).isEmpty()) {
            throw Pictures.unknown(file, data, "convert it to JPEG or PNG; a video needs a clip model");
        }
        return fit(Pictures.decode(file, data), preprocessing);
    }

    private static List<Picture> clip(Path file, Preprocessing preprocessing) throws MediaException, IOException {
        Clip clip = Clip.of(file);
        int[] indices = Sampling.indices(clip.count(), preprocessing);
        List<Picture> taken = new ArrayList<>(indices.length);
        try (FrameSource source = clip.frames()) {
            int position = 0;
            for (int index : indices) {
                if (index < position) {
                    taken.add(taken.getLast());
                    continue;
                }
                while (position < index && source.skip()) {
                    position++;
                }
                Picture frame = source.next()
                        .orElseThrow(() -> new MediaException(file, "shorter than when counted", "do not change it"));
                position++;
                taken.add(fit(frame, preprocessing));
            }
        }
        return taken;
    }

    /** Resizes and crops, in 8 bits. */
    static Picture fit(Picture picture, Preprocessing preprocessing) {
        CropWindow window = CropWindow.of(picture.width(), picture.height(), preprocessing);
        return switch (preprocessing.interpolation()) {
            case ANTIALIASED -> AntialiasedResize.resize(picture, window, AntialiasedResize.Filter.BILINEAR);
            case BICUBIC -> AntialiasedResize.resize(picture, window, AntialiasedResize.Filter.BICUBIC);
            case BILINEAR -> PlainBilinear.resize(picture, window);
        };
    }

    /** Scales to 0..1, normalises and makes planar what {@link #fit} returned. */
    static Tensor tensor(Arena arena, List<Picture> frames, Preprocessing preprocessing) {
        Tensor tensor = Tensor.allocate(arena, preprocessing.inputShape(1));
        int plane = preprocessing.height() * preprocessing.width();
        float[] values = new float[plane];
        for (int c = 0; c < 3; c++) {
            float[] normalised = normalised(channel(preprocessing.mean(), c), channel(preprocessing.std(), c));
            for (int t = 0; t < frames.size(); t++) {
                byte[] rgb = frames.get(t).rgb();
                for (int i = 0; i < plane; i++) {
                    values[i] = normalised[rgb[3 * i + c] & 0xFF];
                }
                long offset = ((long) c * frames.size() + t) * plane * Float.BYTES;
                MemorySegment.copy(
                        values, 0, tensor.data(), ValueLayout.JAVA_FLOAT_UNALIGNED, offset, plane);
            }
        }
        return tensor;
    }

    /** The network's input for each of the 256 levels of one channel, in torchvision's order of operations. */
    private static float[] normalised(float mean, float std) {
        float[] table = new float[256];
        for (int level = 0; level < table.length; level++) {
            table[level] = (level / 255f - mean) / std;
        }
        return table;
    }

    private static float channel(Rgb values, int c) {
        return switch (c) {
            case 0 -> values.r();
            case 1 -> values.g();
            default -> values.b();
        };
    }
}
