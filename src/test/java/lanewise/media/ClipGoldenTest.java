package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.DoubleSummaryStatistics;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import lanewise.SharedFiles;
import lanewise.model.Architecture;
import lanewise.model.Architectures;
import lanewise.model.Model;
import lanewise.model.Prediction;
import lanewise.model.Preprocessing;
import lanewise.nn.Options;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clips from disk to the 400 logits of a seeded R(2+1)D-18, against the references of weights/clips.py. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClipGoldenTest {
    private static final Architecture ARCHITECTURE = Architectures.named("r2plus1d_18").orElseThrow();

    /** That of the network itself: the few levels that the resize rounds otherwise (see {@link PlainBilinear}) fit in. */
    private static final double TOLERANCE = 3e-5;

    /** For colours that another ffmpeg or processor computed otherwise. */
    private static final double OTHER_DECODER_TOLERANCE = 1e-2;

    /** The greatest distance of neighbouring 8-bit levels in the input, and the part of its values that may be one off. */
    private static final double LEVEL = 1 / (255 * 0.216989);
    private static final double ONE_OFF = 1e-4;

    private JsonNode reference;
    private Model model;

    @BeforeAll
    void load() throws IOException, WeightException {
        try (InputStream in = getClass().getResourceAsStream("/lanewise/reference/clip-r2plus1d_18.json")) {
            reference = new ObjectMapper().readTree(in);
        }
        model = model(2);
    }

    @AfterAll
    void close() {
        model.close();
    }

    private static Model model(int threads) throws WeightException {
        return Model.seeded(ARCHITECTURE, Options.standard().withThreads(threads));
    }

    @ParameterizedTest
    @ValueSource(strings = {"frames-arm_wrestling_demo", "v_CricketShot_g04_c01_rgb.gif", "arm_wrestling_demo.mp4"})
    void fromDiskToLogits(String name) throws Exception {
        JsonNode expected = reference.get("clips").valueStream()
                .filter(clip -> clip.get("file").asText().equals(name)).findFirst().orElseThrow();
        Path file = SharedFiles.require("media/video/" + name);
        if (name.endsWith(".mp4")) {
            Ffmpeg.require();
        }
        boolean sameFrames = framesSha256(Clip.of(file), expected).equals(expected.get("framesSha256").asText());
        try (Arena arena = Arena.ofShared()) {
            Tensor input = Media.load(arena, file, Preprocessing.KINETICS);
            float[] logits = model.run(arena, input).toArray();
            if (sameFrames) {
                checkInput(expected.get("input"), input);
                checkLogits(expected, logits, TOLERANCE);
            } else {
                assertTrue(name.endsWith(".mp4"), "other frames than Pillow's");
                System.err.println("this ffmpeg decodes " + name + " to other bytes: logits compared within "
                        + OTHER_DECODER_TOLERANCE);
                checkLogits(expected, logits, OTHER_DECODER_TOLERANCE);
            }
        }
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() throws WeightException, MediaException {
        Path file = SharedFiles.require("media/video/frames-arm_wrestling_demo");
        try (Arena arena = Arena.ofShared(); Model one = model(1); Model three = model(3)) {
            Tensor input = Media.load(arena, file, Preprocessing.KINETICS);
            float[] expected = one.run(arena, input).toArray();
            assertArrayEquals(expected, model.run(arena, input).toArray(), "2 threads");
            assertArrayEquals(expected, three.run(arena, input).toArray(), "3 threads");
        }
    }

    /** The hash of the frames that the model sees, after checking how many there are and which. */
    private static String framesSha256(Clip clip, JsonNode expected) throws Exception {
        int count = clip.count();
        assertEquals(expected.get("count").asInt(), count, "frames");
        int[] indices = Sampling.indices(count, Preprocessing.KINETICS);
        assertEquals(ints(expected.get("frames")), IntStream.of(indices).boxed().toList());
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (FrameSource frames = clip.frames()) {
            int next = 0;
            for (int index : indices) {
                for (; next < index; next++) {
                    assertTrue(frames.skip());
                }
                Picture frame = frames.next().orElseThrow();
                next++;
                assertEquals(expected.get("height").asInt(), frame.height());
                assertEquals(expected.get("width").asInt(), frame.width());
                digest.update(frame.rgb());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void checkInput(JsonNode expected, Tensor input) {
        assertEquals(Shape.of(1, 3, 16, 112, 112), input.shape());
        float[] values = input.toArray();
        JsonNode first = expected.get("first");
        for (int i = 0; i < first.size(); i++) {
            assertEquals(first.get(i).floatValue(), values[i], "value " + i);
        }
        DoubleSummaryStatistics all =
                IntStream.range(0, values.length).mapToDouble(i -> values[i]).summaryStatistics();
        double squares = IntStream.range(0, values.length)
                .mapToDouble(i -> (values[i] - all.getAverage()) * (values[i] - all.getAverage())).sum();
        double std = Math.sqrt(squares / (values.length - 1));
        assertEquals(expected.get("min").floatValue(), (float) all.getMin(), "min");
        assertEquals(expected.get("max").floatValue(), (float) all.getMax(), "max");
        assertEquals(expected.get("mean").asDouble(), all.getAverage(), ONE_OFF * LEVEL, "mean");
        assertEquals(expected.get("std").asDouble(), std, ONE_OFF * LEVEL * all.getMax() / std, "std");
    }

    private static void checkLogits(JsonNode expected, float[] logits, double tolerance) {
        JsonNode exact = expected.get("float64");
        assertEquals(exact.size(), logits.length);
        double worst = 0;
        for (int i = 0; i < logits.length; i++) {
            assertTrue(Float.isFinite(logits[i]), "logit " + i + " is " + logits[i]);
            worst = Math.max(worst, Math.abs(exact.get(i).asDouble() - logits[i]));
        }
        double relative = worst / expected.get("maxAbs").asDouble();
        assertTrue(relative <= tolerance, "error " + relative + " of the largest logit");
        assertEquals(
                ints(expected.get("top5")), Model.predictions(logits, 5).stream().map(Prediction::index).toList());
    }

    private static List<Integer> ints(JsonNode array) {
        return array.valueStream().map(JsonNode::asInt).toList();
    }
}
