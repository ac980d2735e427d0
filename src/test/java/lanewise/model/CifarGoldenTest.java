package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import lanewise.SharedFiles;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.Npy;
import lanewise.weights.WeightException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trained CIFAR-10 networks on real pictures, from legacy PyTorch files. */
class CifarGoldenTest {
    private static final int PICTURES = 1000;

    @ParameterizedTest
    @CsvSource({"resnet20-12fca82f, 20, 915", "resnet44-014dd654, 44, 933"})
    void thousandPictures(String name, int depth, int rightInPyTorch) throws IOException, WeightException {
        Path weights = SharedFiles.require("models/" + name + ".th");
        try (Model model = Model.load(weights); Arena arena = Arena.ofShared()) {
            assertEquals("cifar_resnet" + depth, model.architecture().name());
            Tensor input = pictures(arena, model.preprocessing());
            Tensor expected = Npy.read(arena, SharedFiles.require("golden/cifar10/cifar10_" + name + "_logits.npy"));
            Tensor labels = Npy.read(arena, SharedFiles.require("golden/cifar10/cifar10_test1000_labels.npy"));
            Tensor logits = model.run(arena, input);
            double largest = 0;
            double error = 0;
            int right = 0;
            for (int n = 0; n < PICTURES; n++) {
                for (int c = 0; c < 10; c++) {
                    largest = Math.max(largest, Math.abs(expected.get(n, c, 0, 0, 0)));
                    error = Math.max(error, Math.abs(expected.get(n, c, 0, 0, 0) - logits.get(n, c, 0, 0, 0)));
                }
                right += argMax(logits, n) == (int) labels.get(n) ? 1 : 0;
            }
            assertEquals(rightInPyTorch, right, 1, "pictures right");
            assertTrue(error <= 1e-5 * largest, "error " + error / largest + " of the largest logit");
        }
    }

    private static int argMax(Tensor logits, int n) {
        int best = 0;
        for (int c = 1; c < logits.shape().c(); c++) {
            best = logits.get(n, c, 0, 0, 0) > logits.get(n, best, 0, 0, 0) ? c : best;
        }
        return best;
    }

    /** Each row of the sheet is one picture of 32×32 pixels, row by row. */
    private static Tensor pictures(Arena arena, Preprocessing preprocessing) throws IOException {
        BufferedImage sheet = ImageIO.read(SharedFiles.require("media/cifar10/cifar10_batch_50.png").toFile());
        assertTrue(sheet.getHeight() >= PICTURES && sheet.getWidth() == 1024, "sheet " + sheet);
        Tensor tensor = Tensor.allocate(arena, Shape.image(PICTURES, 3, 32, 32));
        float[] mean = {preprocessing.mean().r(), preprocessing.mean().g(), preprocessing.mean().b()};
        float[] std = {preprocessing.std().r(), preprocessing.std().g(), preprocessing.std().b()};
        for (int n = 0; n < PICTURES; n++) {
            for (int i = 0; i < 1024; i++) {
                for (int c = 0; c < 3; c++) {
                    float value = sheet.getRaster().getSample(i, n, c) / 255f;
                    tensor.set(n, c, 0, i / 32, i % 32, (value - mean[c]) / std[c]);
                }
            }
        }
        return tensor;
    }
}
