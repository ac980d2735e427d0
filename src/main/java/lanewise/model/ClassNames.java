package lanewise.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The names of ImageNet's and Kinetics-400's classes in torchvision's order. {@code weights/export.py --labels} writes the
 * lists, from the metadata of torchvision's weights.
 */
final class ClassNames {
    private static final int IMAGENET_CLASSES = 1_000;
    private static final int KINETICS_CLASSES = 400;

    private ClassNames() {}

    /** The classes that networks of this kind and size have by custom: no file of torchvision's names them. */
    static Optional<List<String>> usual(Architecture architecture) {
        return switch (architecture) {
            case ResNet net when net.classes() == IMAGENET_CLASSES -> Optional.of(read("imagenet.txt"));
            case VideoResNet net when net.classes() == KINETICS_CLASSES && net.kind() != VideoResNet.Kind.R2PLUS1D_BY_CONV ->
                    Optional.of(read("kinetics400.txt"));
            case ResNet _, VideoResNet _, CifarResNet _, R2Plus1dNet _ -> Optional.empty();
        };
    }

    private static List<String> read(String name) {
        try (InputStream in = ClassNames.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the class path is damaged: " + name, e);
        }
    }
}
