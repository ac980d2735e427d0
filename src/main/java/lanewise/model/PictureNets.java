package lanewise.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lanewise.model.ResNet.Body;
import lanewise.model.ResNet.Shortcut;
import lanewise.model.ResNet.Stage;
import lanewise.model.ResNet.Stem;
import lanewise.weights.Weights;

/** Picture nets as they are published, and as checkpoints describe them: their bodies, names and assumptions. */
final class PictureNets {
    private static final List<Integer> BLOCKS_18 = List.of(2, 2, 2, 2);
    private static final List<Integer> BLOCKS_34 = List.of(3, 4, 6, 3);
    private static final List<Integer> BLOCKS_101 = List.of(3, 4, 23, 3);
    private static final List<Integer> BLOCKS_152 = List.of(3, 8, 36, 3);

    /** torchvision's nets. */
    private static final List<Named> TORCHVISION = List.of(
            new Named("resnet18", plain(Block.BASIC, BLOCKS_18, 1, 64)),
            new Named("resnet34", plain(Block.BASIC, BLOCKS_34, 1, 64)),
            new Named("resnet50", plain(Block.BOTTLENECK, BLOCKS_34, 1, 64)),
            new Named("resnet101", plain(Block.BOTTLENECK, BLOCKS_101, 1, 64)),
            new Named("resnet152", plain(Block.BOTTLENECK, BLOCKS_152, 1, 64)),
            new Named("resnext50_32x4d", plain(Block.BOTTLENECK, BLOCKS_34, 32, 4)),
            new Named("resnext101_32x8d", plain(Block.BOTTLENECK, BLOCKS_101, 32, 8)),
            new Named("resnext101_64x4d", plain(Block.BOTTLENECK, BLOCKS_101, 64, 4)),
            new Named("wide_resnet50_2", plain(Block.BOTTLENECK, BLOCKS_34, 1, 128)),
            new Named("wide_resnet101_2", plain(Block.BOTTLENECK, BLOCKS_101, 1, 128)));

    private record Named(String name, Body body) {}

    private PictureNets() {}

    /** All published nets. */
    static Stream<ResNet> published() {
        return Stream.of(
                TORCHVISION.stream().map(each -> published(Layout.TORCHVISION, each.body, 1000)),
                Stream.of(
                        timm(Block.BASIC, List.of(1, 1, 1, 1), 24, 32, 64, Shortcut.AVERAGE),
                        timm(Block.BASIC, BLOCKS_18, 32, 32, 64, Shortcut.AVERAGE),
                        timm(Block.BOTTLENECK, BLOCKS_18, 24, 32, 64, Shortcut.AVERAGE),
                        timm(Block.BOTTLENECK, BLOCKS_34, 32, 32, 64, Shortcut.PROJECTION),
                        timm(Block.BOTTLENECK, BLOCKS_34, 32, 32, 64, Shortcut.AVERAGE),
                        timm(Block.BOTTLENECK, BLOCKS_101, 32, 32, 64, Shortcut.AVERAGE),
                        timm(Block.BOTTLENECK, BLOCKS_34, 64, 64, 128, Shortcut.AVERAGE),
                        timm(Block.BOTTLENECK, BLOCKS_34, 64, 64, 128, Shortcut.PROJECTION),
                        excited(plain(Block.BOTTLENECK, BLOCKS_34, 1, 64))).map(body -> published(Layout.TIMM, body, 1000)),
                IntStream.of(20, 32, 44, 56, 110).mapToObj(depth ->
                        published(Layout.AKAMASTER, cifar((depth - 2) / 6, Shortcut.ZERO_PAD), 10)),
                IntStream.of(20, 32, 44, 56).mapToObj(depth ->
                        published(Layout.CHENYAOFO, cifar((depth - 2) / 6, Shortcut.PROJECTION), 10)),
                TORCHVISION.stream().limit(5).map(each -> published(Layout.KUANGLIU, forSmallPictures(each.body), 10)))
                .flatMap(nets -> nets);
    }

    /** Planes 64 to 512, width {@code planes * widthPerGroup / 64 * groups}. */
    private static Body plain(Block block, List<Integer> blocks, int groups, int widthPerGroup) {
        List<Stage> stages = new ArrayList<>();
        for (int s = 0; s < blocks.size(); s++) {
            int planes = 64 << s;
            stages.add(new Stage(blocks.get(s), planes, planes * widthPerGroup / 64 * groups));
        }
        return new Body(block, Stem.SEVEN, List.of(64), stages, groups, Shortcut.PROJECTION);
    }

    private static Body timm(Block block, List<Integer> blocks, int first, int second, int third, Shortcut shortcut) {
        Body plain = plain(block, blocks, 1, 64);
        return new Body(block, Stem.DEEP, List.of(first, second, third), plain.stages(), 1, shortcut);
    }

    /** With squeeze and excitation, a sixteenth of the channels between its layers. */
    private static Body excited(Body body) {
        List<Stage> stages = body.stages().stream().map(stage -> new Stage(stage.blocks(), stage.planes(), stage.width(),
                stage.planes() * body.block().expansion / 16)).toList();
        return new Body(body.block(), body.stem(), body.stemWidths(), stages, body.groups(), body.shortcut());
    }

    private static Body forSmallPictures(Body body) {
        return new Body(body.block(), Stem.THREE, body.stemWidths(), body.stages(), body.groups(), body.shortcut());
    }

    /** The paper's net for CIFAR (section 4.2) of {@code 6 n + 2} layers. */
    private static Body cifar(int n, Shortcut shortcut) {
        List<Stage> stages = IntStream.of(16, 32, 64).mapToObj(width -> new Stage(n, width, width)).toList();
        return new Body(Block.BASIC, Stem.THREE, List.of(16), stages, 1, shortcut);
    }

    private static ResNet published(Layout layout, Body body, int classes) {
        return net(layout, layout.scope(), body, classes);
    }

    /** A net with the name that its body has and what its layout assumes. */
    static ResNet net(Layout layout, Scope scope, Body body, int classes) {
        return new ResNet(name(layout, body), layout, scope, body, classes, assumed(layout, body, classes));
    }

    private static Assumptions assumed(Layout layout, Body body, int classes) {
        boolean bottleneck = body.block() == Block.BOTTLENECK;
        Assumptions assumed = Assumptions.of(layout, preprocessing(layout, classes), "1e-5");
        if (body.stem() == Stem.THREE) {
            return assumed;
        }
        if (layout == Layout.HUGGING_FACE) {
            Assumptions first = assumed.and(layout, Option.FIRST_STAGE_HALVES, false);
            return bottleneck ? first.and(layout, Option.STRIDE_IN_1X1, false) : first;
        }
        // In place of a strided average, timm's dilated nets have one with padding on one side, which nobody publishes.
        if (body.shortcut() == Shortcut.PROJECTION) {
            assumed = assumed.and(layout, Option.DILATION, "false,false,false");
        }
        if (bottleneck && layout == Layout.TORCHVISION) {
            assumed = assumed.and(layout, Option.STRIDE_IN_1X1, false);
        }
        return assumed.and(layout, Option.ANTIALIAS, false);
    }

    private static Preprocessing preprocessing(Layout layout, int classes) {
        return switch (layout) {
            case AKAMASTER -> Preprocessing.CIFAR;
            case CHENYAOFO, KUANGLIU -> Preprocessing.CIFAR
                    .withMean(classes == 100 ? new Rgb(0.507f, 0.4865f, 0.4409f) : new Rgb(0.4914f, 0.4822f, 0.4465f))
                    .withStd(classes == 100 ? new Rgb(0.2673f, 0.2564f, 0.2761f) : new Rgb(0.2023f, 0.1994f, 0.201f));
            case TIMM, HUGGING_FACE -> Preprocessing.IMAGENET.withInterpolation(Interpolation.BICUBIC);
            case TORCHVISION, TORCHVISION_VIDEO, VMZ, IRHUM, KENSHOHARA, MMACTION2, PYTORCHVIDEO -> Preprocessing.IMAGENET;
        };
    }

    private static String name(Layout layout, Body body) {
        int depth = body.block().depth(body.stages().stream().mapToInt(Stage::blocks).sum());
        return switch (layout) {
            case AKAMASTER -> "cifar_resnet" + depth;
            case CHENYAOFO -> "chenyaofo_resnet" + depth;
            case KUANGLIU -> "kuangliu_resnet" + depth;
            case TIMM -> timmName(body, depth);
            case HUGGING_FACE -> "hf_" + torchvisionName(body);
            case TORCHVISION, TORCHVISION_VIDEO, VMZ, IRHUM, KENSHOHARA, MMACTION2, PYTORCHVIDEO -> torchvisionName(body);
        };
    }

    /** The published name of a body, or one made from its blocks. */
    private static String torchvisionName(Body body) {
        return TORCHVISION.stream().filter(each -> each.body.equals(body)).findFirst().map(Named::name)
                .orElseGet(() -> "resnet_" + body.stages().stream().map(stage -> Integer.toString(stage.blocks()))
                        .collect(Collectors.joining("_")));
    }

    /** timm's own way to name variants: {@code seresnext50d_32x4d}. */
    private static String timmName(Body body, int depth) {
        boolean average = body.shortcut() == Shortcut.AVERAGE;
        List<Integer> widths = body.stemWidths();
        String variant = body.stem() == Stem.SEVEN ? average ? "_avg" : ""
                : !widths.get(0).equals(widths.get(1)) ? "t"
                : widths.get(2) == 128 ? average ? "e" : "s"
                : average ? "d" : "c";
        Stage first = body.stages().getFirst();
        String groups = body.groups() == 1 ? "" : "_" + body.groups() + "x" + first.width() / body.groups() + "d";
        return (first.squeezed() > 0 ? "se" : "") + (body.groups() == 1 ? "resnet" : "resnext") + depth + variant + groups;
    }

    /**
     * The net in a checkpoint: every number that shapes tell.
     *
     * @param w the whole checkpoint
     */
    static ResNet read(Weights w, Layout layout, Scope scope, Stem stem) {
        Weights net = scope.net(w);
        Keys keys = layout.keys;
        String down = keys.shortcut().conv() + ".weight";
        Block block = keys.block(keys.stage(net, 1), 0).has(weight(keys, 3)) ? Block.BOTTLENECK : Block.BASIC;
        boolean three = stem == Stem.THREE && !keys.block(keys.stage(net, 4), 0).has(weight(keys, 1));
        Weights second = keys.block(keys.stage(net, 2), 0);
        Shortcut shortcut = layout == Layout.TIMM && Extents.axes(second, "downsample.1.weight") == 4 ? Shortcut.AVERAGE
                : layout == Layout.AKAMASTER && !second.has(down) ? Shortcut.ZERO_PAD
                : Shortcut.PROJECTION;
        List<Integer> stemWidths = stem == Stem.DEEP
                ? Stream.of("conv1.0", "conv1.3", "conv1.6").map(name -> Extents.outputs(net, name + ".weight")).toList()
                : List.of(Extents.outputs(keys.stemOf(net), keys.stem().conv() + ".weight"));
        List<Stage> stages = new ArrayList<>();
        for (int s = 1; s <= (three ? 3 : 4); s++) {
            Weights stage = keys.stage(net, s);
            Weights first = keys.block(stage, 0);
            int width = Extents.outputs(first, weight(keys, 2));
            int planes = block == Block.BASIC ? width : Math.max(1, Extents.outputs(first, weight(keys, 3)) / 4);
            // A short-cut without weights adds channels and cannot drop any: narrower stages must misfit.
            int least = shortcut != Shortcut.ZERO_PAD ? 1 : stages.isEmpty() ? stemWidths.getLast() : stages.getLast().planes();
            stages.add(new Stage(Extents.blocks(stage, keys), Math.max(least, planes), width,
                    Extents.rows(first, "se.fc1.weight")));
        }
        int groups = groups(stages, Extents.inputs(keys.block(keys.stage(net, 1), 0), weight(keys, 2)));
        Body body = new Body(block, stem, stemWidths, stages, groups, shortcut);
        return net(layout, scope, body, Extents.rows(w, scope.head() + ".weight"));
    }

    private static String weight(Keys keys, int unit) {
        return keys.unit(unit).conv() + ".weight";
    }

    /** Groups of the width that the first stage's have; one where that splits some stage unevenly, which then misfits. */
    private static int groups(List<Stage> stages, int groupWidth) {
        int groups = Math.max(1, stages.getFirst().width() / groupWidth);
        return stages.stream().allMatch(stage -> stage.width() % groups == 0) ? groups : 1;
    }
}
