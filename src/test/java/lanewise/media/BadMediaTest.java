package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lanewise.SharedFiles;
import lanewise.model.Preprocessing;
import lanewise.tensor.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Every picture and video of the reference collection of hostile and odd files gives what its manifest expects. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadMediaTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private Path folder;
    private List<JsonNode> entries;
    private Picture good;

    @BeforeAll
    void readManifest() throws IOException, MediaException {
        folder = SharedFiles.require("bad-inputs");
        entries = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper(JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder().maxNameLength(1 << 20).build())
                .build());
        for (JsonNode entry : mapper.readTree(folder.resolve("manifest.json").toFile()).path("files")) {
            entries.add(entry);
        }
        good = Pictures.read(folder.resolve("media/valid-png-rgb8.png"));
    }

    @TestFactory
    Stream<DynamicTest> pictures() {
        return tests("image", (file, entry) -> {
            Optional<Picture> picture = read(file, () -> Pictures.read(file), entry);
            if (picture.isPresent()) {
                checkPixels(picture.get(), entry.path("media"));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> videos() {
        Ffmpeg.require();
        return tests("video", (file, entry) -> {
            Optional<Clip> clip = read(file, () -> {
                Clip opened = Guard.call(file, () -> Clip.of(file));
                JsonNode expected = entry.path("media");
                int count = Guard.call(file, opened::count);
                if (expected.has("frames")) {
                    assertEquals(expected.path("frames").asInt(), count);
                }
                try (Arena arena = Arena.ofShared()) {
                    Tensor tensor = Media.load(arena, file, Preprocessing.KINETICS);
                    assertEquals(Preprocessing.KINETICS.inputShape(1), tensor.shape());
                }
                return opened;
            }, entry);
            if (clip.isPresent() && entry.path("media").has("width")) {
                try (FrameSource frames = clip.get().frames()) {
                    Picture first = frames.next().orElseThrow();
                    assertEquals(entry.path("media").path("width").asInt(), first.width());
                    assertEquals(entry.path("media").path("height").asInt(), first.height());
                }
            }
        });
    }

    private interface Check {
        void run(Path file, JsonNode entry) throws Exception;
    }

    private interface Reading<T> {
        T get() throws MediaException;
    }

    private Stream<DynamicTest> tests(String kind, Check check) {
        List<JsonNode> chosen = entries.stream().filter(e -> e.path("kind").asText().equals(kind)).toList();
        assertTrue(chosen.size() > 10, "the manifest lists " + chosen.size() + " files of kind " + kind);
        return chosen.stream().map(entry -> DynamicTest.dynamicTest(entry.path("file").asText(), () -> {
            check.run(folder.resolve(entry.path("file").asText()), entry);
            for (ProcessHandle left : ProcessHandle.current().children().toList()) {
                left.onExit().get(5, TimeUnit.SECONDS);
            }
            assertEquals(good, Pictures.read(folder.resolve("media/valid-png-rgb8.png")), "a good file afterwards");
        }));
    }

    /** The value where the file is accepted and may be, nothing where it is refused and may be. */
    private static <T> Optional<T> read(Path file, Reading<T> reading, JsonNode entry) {
        String expected = entry.path("expected").asText();
        String alternative = entry.path("alternative").asText();
        Object result = assertTimeoutPreemptively(LIMIT, () -> {
            try {
                return reading.get();
            } catch (MediaException e) {
                return e;
            }
        });
        String outcome = result instanceof MediaException ? "reject" : "accept";
        if (!outcome.equals(expected) && !outcome.equals(alternative)) {
            fail(expected + " expected, but: " + result);
        }
        if (result instanceof MediaException e) {
            assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
            assertTrue(e.getMessage().contains("; "), e.getMessage());
            return Optional.empty();
        }
        @SuppressWarnings("unchecked")
        T value = (T) result;
        return Optional.of(value);
    }

    private static void checkPixels(Picture picture, JsonNode expected) throws NoSuchAlgorithmException {
        if (expected.has("width")) {
            assertEquals(expected.path("width").asInt(), picture.width());
            assertEquals(expected.path("height").asInt(), picture.height());
        }
        for (int c = 0; c < expected.path("mean_rgb").size(); c++) {
            long sum = 0;
            for (int i = c; i < picture.rgb().length; i += 3) {
                sum += picture.rgb()[i] & 0xFF;
            }
            double mean = 3.0 * sum / picture.rgb().length;
            assertEquals(
                    expected.path("mean_rgb").get(c).asDouble(), mean, expected.path("mean_tolerance").asDouble());
        }
        if (expected.has("rgb_sha256")) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(picture.rgb());
            assertEquals(expected.path("rgb_sha256").asText(), HexFormat.of().formatHex(digest));
        }
    }

    @TestFactory
    Stream<DynamicTest> stillPicturesAreNoClipsAndClipsNoPictures() {
        Path still = SharedFiles.require("media/images/known-class/kitten.jpg");
        Path frames = SharedFiles.require("media/video/frames-mmaction");
        Path gif = SharedFiles.require("media/video/v_CricketShot_g04_c01_rgb.gif");
        Path video = SharedFiles.require("media/video/mmaction_part_0.mp4");
        return Stream.of(
                refused(still, Preprocessing.KINETICS, "still picture"),
                refused(frames, Preprocessing.IMAGENET, "a clip, but"),
                refused(gif, Preprocessing.IMAGENET, "a clip, but"),
                refused(video, Preprocessing.IMAGENET, "MP4 or QuickTime video"));
    }

    private static DynamicTest refused(Path file, Preprocessing preprocessing, String reason) {
        return DynamicTest.dynamicTest(Files.isDirectory(file) ? "folder" : file.getFileName().toString(), () -> {
            try (Arena arena = Arena.ofShared()) {
                Media.load(arena, file, preprocessing);
                fail("accepted");
            } catch (MediaException e) {
                assertTrue(e.getMessage().contains(reason), e.getMessage());
            }
        });
    }
}
