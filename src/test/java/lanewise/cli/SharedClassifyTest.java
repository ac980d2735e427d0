package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import lanewise.SharedFiles;
import lanewise.weights.Npy;
import lanewise.weights.WeightException;
import org.junit.jupiter.api.Test;

/** Trained weights on real photos answer as PyTorch does. */
class SharedClassifyTest {
    private static final int PHOTOS = 6;

    @Test
    void resnet18KnowsWhatThePhotosShow() throws IOException, WeightException {
        Path weights = SharedFiles.require("models/resnet18-pqf.f32.safetensors");
        Path labels = SharedFiles.require("labels/imagenet_classes.txt");
        Path photos = SharedFiles.require("media/images/known-class");
        JsonNode golden = new ObjectMapper().readTree(
                SharedFiles.require("golden/imagenet/resnet18-pqf__known-class__top5.json").toFile());
        float[] logits;
        try (Arena arena = Arena.ofShared()) {
            logits = Npy.read(arena, SharedFiles.require("golden/imagenet/resnet18-pqf__known-class__logits.npy")).toArray();
        }
        List<Object> args = new ArrayList<>(List.of(
                "classify", "--model", weights, "--labels", labels, "--format", "json"));
        for (int i = 0; i < PHOTOS; i++) {
            args.add(photos.resolve(golden.get(i).get("file").asText()));
        }
        List<JsonNode> answers = CommandLineRun.of(args.toArray()).good().json();
        assertEquals(PHOTOS, answers.size());
        for (int i = 0; i < PHOTOS; i++) {
            JsonNode expected = golden.get(i).get("top5").get(0);
            JsonNode best = answers.get(i).get("predictions").get(0);
            assertEquals(expected.get(0).asInt(), best.get("index").asInt(), golden.get(i).get("file").asText());
            assertEquals(expected.get(1).asText(), best.get("label").asText());
            assertEquals(logits[i * 1000 + expected.get(0).asInt()], best.get("logit").floatValue(),
                    1e-5 * largest(logits, i));
        }
    }

    /** The largest magnitude among the logits of one photo, which the error is measured by. */
    private static double largest(float[] logits, int photo) {
        return IntStream.range(photo * 1000, (photo + 1) * 1000).mapToDouble(i -> Math.abs(logits[i])).max().orElseThrow();
    }
}
