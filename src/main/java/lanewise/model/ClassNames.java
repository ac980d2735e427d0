package lanewise.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The names of ImageNet's and Kinetics-400's classes in torchvision's order. {@code weights/export.py --labels} writes the
 * lists, from the metadata of torchvision's weights.
 */
final class ClassNames {
    private static final int IMAGENET_CLASSES = 1_000;
    private static final int KINETICS_CLASSES = 400;

    private ClassNames() {}

    /** The classes that torchvision's networks of this kind and size have by custom, as no file of theirs names them; or none. */
    static List<String> usual(Architecture architecture) {
        if (architecture.layout() == Layout.TORCHVISION && architecture.classes() == IMAGENET_CLASSES) {
            return read("imagenet.txt");
        }
        if (architecture.layout() == Layout.TORCHVISION_VIDEO && architecture.classes() == KINETICS_CLASSES) {
            return read("kinetics400.txt");
        }
        return List.of();
    }

    private static List<String> read(String name) {
        try (InputStream in = ClassNames.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the class path is damaged: " + name, e);
        }
    }
}
