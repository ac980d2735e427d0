package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lanewise.SharedFiles;
import lanewise.model.Model;
import lanewise.model.Prediction;
import lanewise.model.Preprocessing;
import lanewise.nn.Options;
import lanewise.tensor.Tensor;
import lanewise.weights.Npy;
import lanewise.weights.WeightException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Trained ImageNet networks answer as PyTorch does, from its input tensors and from the picture files themselves. Decoding
 * and resizing are PyTorch's bit for bit, so one tolerance serves for both.
 */
class ImageNetGoldenTest {
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({"resnet18, resnet18-pqf.f32", "resnet50, resnet50-pqf.f16mixed"})
    void answersAsPyTorch(String name, String weights) throws IOException, WeightException, MediaException {
        Options options = Options.standard().withThreads(2);
        try (Model model = Model.load(SharedFiles.require("models/" + weights + ".safetensors"), options, Map.of());
                Arena arena = Arena.ofShared()) {
            assertEquals(name, model.architecture().name());
            Answers known = Answers.read(arena, name, "known-class");
            for (String picture : List.of("kitten", "samoyed")) {
                Tensor input = Npy.read(arena, SharedFiles.require("golden/imagenet/input_" + picture + ".npy"));
                known.checkLogits(picture + ".jpg", model.run(arena, input).toArray());
            }
            known.checkPictures(model);
            Answers.read(arena, name, "imagenet-dev50").checkPictures(model);
        }
    }

    /**
     * PyTorch's answers for the pictures of one folder.
     *
     * @param folder name of the folder
     * @param files names of its files, one for each row of logits
     * @param top5 the best classes of each, best first
     * @param logits pictures × 1000
     */
    private record Answers(String folder, List<String> files, List<List<Integer>> top5, Tensor logits) {
        static Answers read(Arena arena, String model, String folder) throws IOException, WeightException {
            String start = "golden/imagenet/" + model + "-pqf__" + folder + "__";
            List<String> files = new ArrayList<>();
            List<List<Integer>> top5 = new ArrayList<>();
            for (JsonNode entry : new ObjectMapper().readTree(SharedFiles.require(start + "top5.json").toFile())) {
                files.add(entry.get("file").asText());
                top5.add(entry.get("top5").valueStream().map(ranked -> ranked.get(0).asInt()).toList());
            }
            Tensor logits = Npy.read(arena, SharedFiles.require(start + "logits.npy"));
            assertEquals(files.size(), logits.shape().n());
            return new Answers(folder, files, top5, logits);
        }

        void checkPictures(Model model) throws MediaException {
            for (int n = 0; n < files.size(); n++) {
                String file = files.get(n);
                Path path = SharedFiles.require("media/images/" + folder + "/" + file);
                try (Arena arena = Arena.ofShared()) {
                    float[] found = model.run(arena, Media.load(arena, path, Preprocessing.IMAGENET)).toArray();
                    checkLogits(file, found);
                    List<Integer> best = Model.predictions(found, 5).stream().map(Prediction::index).toList();
                    int ranks = Math.max(1, clearRanks(n));
                    assertEquals(top5.get(n).subList(0, ranks), best.subList(0, ranks), file);
                }
            }
        }

        /**
         * How many of the five ranks two results within the tolerance cannot swap: those before the first margin between
         * PyTorch's neighbours of at most twice the tolerance.
         */
        private int clearRanks(int n) {
            float[] row = logits.sample(n).toArray();
            List<Prediction> ranked = Model.predictions(row, 6);
            int clear = 0;
            while (clear < 5
                    && ranked.get(clear).logit() - ranked.get(clear + 1).logit() > 2 * TOLERANCE * largest(row)) {
                clear++;
            }
            return clear;
        }

        void checkLogits(String file, float[] found) {
            float[] expected = logits.sample(files.indexOf(file)).toArray();
            assertEquals(expected.length, found.length, file);
            double error = 0;
            for (int i = 0; i < expected.length; i++) {
                assertTrue(Float.isFinite(found[i]), file + ": logit " + i + " is " + found[i]);
                error = Math.max(error, Math.abs(expected[i] - found[i]));
            }
            double relative = error / largest(expected);
            assertTrue(relative <= TOLERANCE, file + ": error " + relative + " of the largest logit");
        }

        private static double largest(float[] values) {
            return IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i])).max().orElseThrow();
        }
    }
}
