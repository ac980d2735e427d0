package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import lanewise.model.Interpolation;
import lanewise.model.Preprocessing;
import lanewise.model.Resize;
import lanewise.model.Rgb;
import lanewise.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From files to tensors, and what is refused on the way. */
class MediaTest {
    private static final Preprocessing AS_IT_IS = Preprocessing.CIFAR
            .withCrop(2, 3)
            .withMean(new Rgb(0.5f, 0.25f, 0.125f))
            .withStd(new Rgb(0.5f, 2, 4));
    private static final Preprocessing CLIP = AS_IT_IS.withFrames(4);

    @TempDir
    private Path folder;

    /** Planes of red, green and blue, each {@code (level / 255 - mean) / std} in float32. */
    @Test
    void aPictureBecomesNormalisedPlanes() throws Exception {
        BufferedImage image = PictureFiles.pattern(3, 2, BufferedImage.TYPE_INT_RGB);
        Path file = Files.write(folder.resolve("picture.png"), PictureFiles.encode(image, "png"));
        float[] mean = {0.5f, 0.25f, 0.125f};
        float[] std = {0.5f, 2, 4};
        try (Arena arena = Arena.ofShared()) {
            Tensor tensor = Media.load(arena, file, AS_IT_IS);
            assertEquals(AS_IT_IS.inputShape(1), tensor.shape());
            for (int c = 0; c < 3; c++) {
                for (int i = 0; i < 6; i++) {
                    int level = image.getRaster().getSample(i % 3, i / 3, c);
                    assertEquals((level / 255f - mean[c]) / std[c], tensor.get(6 * c + i));
                }
            }
        }
    }

    @Test
    void aLongClipGivesItsMiddleFrames() throws Exception {
        assertArrayEquals(new int[] {1, 3, 5, 7}, takenOf(9, CLIP.withStride(2)));
    }

    @Test
    void aShortClipRepeatsFrames() throws Exception {
        assertArrayEquals(new int[] {0, 0, 1, 2}, takenOf(3, CLIP));
    }

    @Test
    void theInterpolationIsTheChosenOne() throws Exception {
        Picture picture = new Picture(4, 1, new byte[] {0, 0, 0, 100, 100, 100, 0, 0, 0, 0, 0, 0});
        Preprocessing shrunk = Preprocessing.IMAGENET.withResize(new Resize.Exact(1, 1)).withCrop(1, 1);
        assertEquals(29, Media.fit(picture, shrunk).level(0, 0, 0), "weights 5 : 7 : 7 : 5");
        assertEquals(50, Media.fit(picture, shrunk.withInterpolation(Interpolation.BILINEAR)).level(0, 0, 0));
    }

    @Test
    void clipsAreNoPicturesAndPicturesNoClips() throws Exception {
        Path still = Files.write(folder.resolve("still.png"), PictureFiles.grey(3, 2, 0));
        GifBytes frame = new GifBytes(3, 2, 0, 0, 0, 0, 0).frame(0, 0, "000", "000");
        Path stillGif = Files.write(folder.resolve("still.gif"), frame.end());
        Path animated = Files.write(
                folder.resolve("animated.gif"),
                new GifBytes(3, 2, 0, 0, 0, 0, 0).frame(0, 0, "000", "000").frame(0, 0, "0").end());
        assertRefused(still, CLIP, "a single still picture");
        assertRefused(stillGif, CLIP, "a single still picture");
        assertRefused(animated, AS_IT_IS, "a clip, but the model takes single pictures");
        assertRefused(folder, AS_IT_IS, "a clip, but the model takes single pictures");
        assertRefused(folder.resolve("absent"), CLIP, "no such file");
        assertRefused(folder.resolve("absent"), AS_IT_IS, "no such file");
    }

    @Test
    void anyFailureOfADecoderNamesTheFile() {
        Path file = Path.of("x.png");
        StackOverflowError error = new StackOverflowError();
        MediaException wrapped = assertThrows(MediaException.class, () -> Guard.call(file, () -> {
            throw error;
        }));
        assertEquals("x.png: cannot be read (StackOverflowError); check that it opens elsewhere and save it anew",
                wrapped.getMessage());
        assertSame(error, wrapped.getCause());
        MediaException memory = assertThrows(MediaException.class, () -> Guard.call(file, () -> {
            throw new OutOfMemoryError();
        }));
        assertTrue(memory.getMessage().contains("not enough memory"), memory.getMessage());
        MediaException own = new MediaException(file, "bad", "mend it");
        assertSame(own, assertThrows(MediaException.class, () -> Guard.call(file, () -> {
            throw own;
        })));
    }

    /** Which frames of a clip of grey levels 0, 1, 2 and so on are taken. */
    private int[] takenOf(int count, Preprocessing preprocessing) throws IOException, MediaException {
        Path clip = Files.createDirectory(folder.resolve("clip"));
        for (int i = 0; i < count; i++) {
            Files.write(clip.resolve("f" + i + ".png"), PictureFiles.grey(3, 2, i));
        }
        Preprocessing plain = preprocessing.withMean(new Rgb(0, 0, 0)).withStd(new Rgb(1, 1, 1));
        try (Arena arena = Arena.ofShared()) {
            Tensor tensor = Media.load(arena, clip, plain);
            assertEquals(plain.inputShape(1), tensor.shape());
            int[] taken = new int[plain.frames()];
            for (int t = 0; t < taken.length; t++) {
                taken[t] = Math.round(255 * tensor.get(0, 2, t, 1, 2));
                for (int c = 0; c < 3; c++) {
                    assertEquals(tensor.get(0, 2, t, 1, 2), tensor.get(0, c, t, 0, 0));
                }
            }
            return taken;
        }
    }

    /** Refused, and nothing allocated. */
    private static void assertRefused(Path file, Preprocessing preprocessing, String reason) {
        Arena untouched = new Arena() {
            @Override
            public MemorySegment allocate(long bytes, long alignment) {
                throw new AssertionError("allocated " + bytes + " bytes");
            }

            @Override
            public MemorySegment.Scope scope() {
                throw new AssertionError();
            }

            @Override
            public void close() {}
        };
        MediaException e = assertThrows(MediaException.class, () -> Media.load(untouched, file, preprocessing));
        assertEquals(file, e.file());
        assertTrue(e.getMessage().startsWith(file + ": ") && e.getMessage().contains(reason), e.getMessage());
    }
}
