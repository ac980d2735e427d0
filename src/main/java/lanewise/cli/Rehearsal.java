package lanewise.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import lanewise.model.Architectures;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.Npy;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;

/**
 * Goes once through what most starts do, with a small network on small files in a folder of its own. The launcher lets the JVM
 * watch that, which then stores the classes in the form in which it wants them (its AOT cache), for all later starts.
 */
final class Rehearsal {
    private static final String NET = "cifar_resnet20";
    private static final int SIDE = 32;

    private Rehearsal() {}

    /** @param args an empty folder */
    public static void main(String[] args) throws IOException, WeightException {
        Path folder = Path.of(args[0]);
        Path model = folder.resolve("model.safetensors");
        Safetensors.write(model, Map.of(),
                Architectures.named(NET).orElseThrow().declare(Weights.seeded()).tensors().toList());
        Path picture = folder.resolve("picture.png");
        ImageIO.write(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        Path input = folder.resolve("input.npy");
        try (Arena arena = Arena.ofShared()) {
            Npy.write(input, Tensor.allocate(arena, new Shape(1, 3, 1, SIDE, SIDE)));
        }
        run("run", "--model", model, "--input", input, "--output", folder.resolve("output.npy"));
        run("classify", "--model", model, picture);
        run("describe", model);
    }

    private static void run(Object... args) {
        String[] words = Stream.of(args).map(Object::toString).toArray(String[]::new);
        StringWriter err = new StringWriter();
        if (Main.run(words, Writer.nullWriter(), new PrintWriter(err)) != Main.OK) {
            throw new IllegalStateException(err.toString());
        }
    }
}
