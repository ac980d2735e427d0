package lanewise.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import lanewise.model.Architecture;
import lanewise.model.TestNets;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;

/** Small files made for a test. */
public final class TestFiles {
    static final int CLASSES = 7;

    private TestFiles() {}

    /** A picture net of a few thousand weights; recognised as cifar_resnet8. */
    static Architecture tiny(int classes) {
        return TestNets.cifar(List.of(1, 1, 1), List.of(4, 8, 16), classes);
    }

    /** Weights of {@link #tiny} with {@link #CLASSES} classes. */
    public static Path tinyWeights(Path folder) throws WeightException {
        return weights(folder.resolve("tiny.safetensors"), tiny(CLASSES));
    }

    /** Weights of the smallest clip model, mc3_10. */
    static Path clipWeights(Path folder) throws WeightException {
        return weights(folder.resolve("clip.safetensors"),
                TestNets.clips("mc3_18", List.of(1, 1, 1, 1), CLASSES));
    }

    /** The seeded weights of an architecture. */
    static Path weights(Path file, Architecture architecture) throws WeightException {
        Safetensors.write(file, Map.of(), architecture.declare(Weights.seeded()).tensors().toList());
        return file;
    }

    /** A PNG of noise, another one for each seed. */
    public static Path picture(Path file, int height, int width, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt(1 << 24));
        }
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    /** A folder of numbered frames. */
    static Path frames(Path folder, int count) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < count; i++) {
            picture(folder.resolve("frame_" + i + ".png"), 32, 32, i);
        }
        return folder;
    }

    /** Label {@code i} is {@code name i}. */
    static Path labels(Path file, int count) throws IOException {
        return Files.write(file, IntStream.range(0, count).mapToObj(i -> "name " + i).toList());
    }
}
