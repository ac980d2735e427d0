package lanewise.model;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lanewise.model.ResNet.Block;
import lanewise.model.VideoResNet.Kind;
import lanewise.weights.Weights;

/** The published architectures by name, and the one that a checkpoint holds. */
public final class Architectures {
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private static final List<Integer> LAYERS_18 = List.of(2, 2, 2, 2);
    private static final List<Integer> LAYERS_34 = List.of(3, 4, 6, 3);
    private static final List<Integer> LAYERS_101 = List.of(3, 4, 23, 3);
    private static final List<Integer> LAYERS_152 = List.of(3, 8, 36, 3);

    private static final List<ResNet> RESNETS = List.of(
            ResNet.published("resnet18", Block.BASIC, LAYERS_18, 1, 64),
            ResNet.published("resnet34", Block.BASIC, LAYERS_34, 1, 64),
            ResNet.published("resnet50", Block.BOTTLENECK, LAYERS_34, 1, 64),
            ResNet.published("resnet101", Block.BOTTLENECK, LAYERS_101, 1, 64),
            ResNet.published("resnet152", Block.BOTTLENECK, LAYERS_152, 1, 64),
            ResNet.published("resnext50_32x4d", Block.BOTTLENECK, LAYERS_34, 32, 4),
            ResNet.published("resnext101_32x8d", Block.BOTTLENECK, LAYERS_101, 32, 8),
            ResNet.published("resnext101_64x4d", Block.BOTTLENECK, LAYERS_101, 64, 4),
            ResNet.published("wide_resnet50_2", Block.BOTTLENECK, LAYERS_34, 1, 128),
            ResNet.published("wide_resnet101_2", Block.BOTTLENECK, LAYERS_101, 1, 128));

    private static final List<Architecture> OTHERS = List.of(
            new VideoResNet("r2plus1d_18", Kind.R2PLUS1D_BY_BLOCK, LAYERS_18, 400, 1e-5),
            new VideoResNet("r3d_18", Kind.R3D, LAYERS_18, 400, 1e-5),
            new VideoResNet("mc3_18", Kind.MC3, LAYERS_18, 400, 1e-5),
            new VideoResNet("vmz_r2plus1d_18", Kind.R2PLUS1D_BY_CONV, LAYERS_18, 400, 1e-3),
            new VideoResNet("vmz_r2plus1d_34", Kind.R2PLUS1D_BY_CONV, LAYERS_34, 400, 1e-3),
            new R2Plus1dNet("r2plus1dnet_18", LAYERS_18, 400, 1e-5),
            new R2Plus1dNet("r2plus1dnet_34", LAYERS_34, 400, 1e-5));

    private static final Map<String, Architecture> BY_NAME = Stream.of(RESNETS.stream(), OTHERS.stream(),
                    IntStream.of(20, 32, 44, 56, 110).mapToObj(CifarResNet::ofDepth))
            .flatMap(Function.<Stream<? extends Architecture>>identity())
            .collect(Collectors.toMap(Architecture::name, Function.identity(), (first, _) -> first,
                    () -> new TreeMap<>(Comparator.comparing(Architectures::padded))));

    private Architectures() {}

    /** A name that sorts by the value of its numbers: 20 before 110. */
    private static String padded(String name) {
        return NUMBER.matcher(name).replaceAll(number -> String.format(Locale.ROOT, "%9s", number.group()));
    }

    /** All names that {@link #named} knows, sorted with 20 before 110. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** A published architecture. */
    public static Optional<Architecture> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The architecture of a checkpoint, from its keys and shapes alone; empty if it is none that Lanewise knows. */
    public static Optional<Architecture> recognise(Weights w) {
        if (w.has("res2plus1d.conv1.spatial_conv.weight") || w.has("conv1.spatial_conv.weight")) {
            return Optional.of(R2Plus1dNet.read(w));
        }
        boolean video = w.has("layer1.0.conv2.0.0.weight") || w.has("layer1.0.conv2.0.weight");
        if (video && Extents.axes(w, "stem.0.weight") == 5) {
            return Optional.of(VideoResNet.read(w));
        }
        boolean pictures = Extents.axes(w, "conv1.weight") == 4 && w.has("layer1.0.conv1.weight") && w.has("bn1.running_mean");
        if (pictures && Extents.extent(w, "conv1.weight", 2) == 3) {
            return Optional.of(CifarResNet.read(w));
        }
        return pictures ? Optional.of(ResNet.read(w)) : Optional.empty();
    }

    /** The first key that a checkpoint with the blocks of a family lacks to be recognised; empty if it has no such blocks. */
    static Optional<String> missing(Weights w) {
        List<String> needed = w.has("layer1.0.conv1.weight") ? List.of("conv1.weight", "bn1.running_mean")
                : w.has("layer1.0.conv2.0.weight") || w.has("layer1.0.conv2.0.0.weight") ? List.of("stem.0.weight")
                : List.of();
        return needed.stream().filter(key -> !w.has(key)).findFirst();
    }

    /** The published name of a net's body, or one made from its blocks. */
    static String nameOf(ResNet net) {
        return RESNETS.stream().filter(net::sameBody).findFirst().map(ResNet::name)
                .orElseGet(() -> "resnet_" + net.stages().stream().map(stage -> Integer.toString(stage.blocks()))
                        .collect(Collectors.joining("_")));
    }
}
