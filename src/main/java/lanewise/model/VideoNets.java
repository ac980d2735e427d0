package lanewise.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lanewise.model.VideoResNet.Body;
import lanewise.model.VideoResNet.Convs;
import lanewise.model.VideoResNet.Mid;
import lanewise.model.VideoResNet.Shortcut;
import lanewise.model.VideoResNet.Stage;
import lanewise.model.VideoResNet.Stem;
import lanewise.tensor.Dims;
import lanewise.weights.Weights;

/** Video nets as they are published, and as checkpoints describe them: their bodies, names and assumptions. */
final class VideoNets {
    private static final List<Integer> BLOCKS_18 = List.of(2, 2, 2, 2);
    private static final List<Integer> BLOCKS_34 = List.of(3, 4, 6, 3);
    private static final List<Integer> BLOCKS_152 = List.of(3, 8, 36, 3);

    private static final Stem STEM_45 = new Stem(Stem.Form.FACTORED, 45, 3, 64);
    private static final Stem STEM_83 = new Stem(Stem.Form.FACTORED, 83, 3, 64);
    private static final Stem STEM_83_BARE = new Stem(Stem.Form.BARE, 83, 3, 64);
    private static final Stem STEM_110 = new Stem(Stem.Form.FACTORED, 110, 7, 64);
    private static final Stem STEM_3D = new Stem(Stem.Form.FULL, 64, 3, 64);
    private static final Stem STEM_2D = new Stem(Stem.Form.FULL, 64, 1, 64);

    private VideoNets() {}

    /** All published nets. */
    static Stream<VideoResNet> published() {
        return Stream.of(
                published(Layout.TORCHVISION_VIDEO, body(Block.BASIC, Convs.SPATIAL_FIRST, Mid.BY_BLOCK, STEM_45, BLOCKS_18)),
                published(Layout.TORCHVISION_VIDEO, body(Block.BASIC, Convs.FULL, Mid.BY_CONV, STEM_3D, BLOCKS_18)),
                published(Layout.TORCHVISION_VIDEO, body(Block.BASIC, Convs.MIXED, Mid.BY_CONV, STEM_3D, BLOCKS_18)),
                published(Layout.VMZ, body(Block.BASIC, Convs.SPATIAL_FIRST, Mid.BY_CONV, STEM_45, BLOCKS_18)),
                published(Layout.VMZ, body(Block.BASIC, Convs.SPATIAL_FIRST, Mid.BY_CONV, STEM_45, BLOCKS_34)),
                published(Layout.VMZ, body(Block.BOTTLENECK, Convs.SPATIAL_FIRST, Mid.BY_CONV, STEM_45, BLOCKS_152)),
                published(Layout.IRHUM, irhum(BLOCKS_18)),
                published(Layout.IRHUM, irhum(BLOCKS_34)),
                published(Layout.KENSHOHARA, body(Block.BASIC, Convs.SPATIAL_FIRST, Mid.BY_CONV, STEM_110, BLOCKS_18)),
                published(Layout.KENSHOHARA, body(Block.BASIC, Convs.SPATIAL_FIRST, Mid.BY_CONV, STEM_110, BLOCKS_34)),
                published(Layout.KENSHOHARA, body(Block.BOTTLENECK, Convs.SPATIAL_FIRST, Mid.BY_CONV, STEM_110, BLOCKS_34)),
                published(Layout.MMACTION2, mmaction2(BLOCKS_34)),
                published(Layout.PYTORCHVIDEO, body(Block.BOTTLENECK, Convs.TEMPORAL_FIRST, Mid.SAME, STEM_2D, BLOCKS_34)));
    }

    private static Body body(Block block, Convs convs, Mid mid, Stem stem, List<Integer> blocks) {
        return new Body(block, convs, mid, false, stem, Shortcut.PROJECTION, stages(blocks));
    }

    private static Body irhum(List<Integer> blocks) {
        return new Body(Block.BASIC, Convs.SPATIAL_FIRST, Mid.BY_CONV, true, STEM_83_BARE, Shortcut.FACTORED, stages(blocks));
    }

    private static Body mmaction2(List<Integer> blocks) {
        return new Body(Block.BASIC, Convs.SPATIAL_FIRST, Mid.BY_CONV, false, STEM_83, Shortcut.FACTORED_AS_3, stages(blocks));
    }

    private static List<Stage> stages(List<Integer> blocks) {
        return IntStream.range(0, blocks.size()).mapToObj(s -> new Stage(blocks.get(s), 64 << s)).toList();
    }

    private static VideoResNet published(Layout layout, Body body) {
        return net(layout, layout.scope(), body, layout == Layout.KENSHOHARA ? 700 : 400);
    }

    /** A net with the name that its body has and what its layout assumes. */
    static VideoResNet net(Layout layout, Scope scope, Body body, int classes) {
        return new VideoResNet(name(layout, body), layout, scope, body, classes, assumed(layout, body));
    }

    private static String name(Layout layout, Body body) {
        int depth = body.block().depth(body.stages().stream().mapToInt(Stage::blocks).sum());
        String kind = switch (layout) {
            case VMZ -> "vmz_r2plus1d_";
            case IRHUM -> "r2plus1dnet_";
            case KENSHOHARA -> "kensho_r2plus1d_";
            case MMACTION2 -> "mmaction2_r2plus1d_";
            case PYTORCHVIDEO -> "pytorchvideo_r2plus1d_";
            case TORCHVISION_VIDEO, TORCHVISION, TIMM, HUGGING_FACE, AKAMASTER, CHENYAOFO, KUANGLIU -> switch (body.convs()) {
                case SPATIAL_FIRST, TEMPORAL_FIRST -> "r2plus1d_";
                case FULL -> "r3d_";
                case MIXED -> "mc3_";
            };
        };
        return kind + depth;
    }

    private static Assumptions assumed(Layout layout, Body body) {
        Assumptions assumed = Assumptions.of(layout, preprocessing(layout),
                layout == Layout.VMZ || layout == Layout.MMACTION2 ? "1e-3" : "1e-5");
        if (layout == Layout.MMACTION2) {
            assumed = assumed.and(layout, Option.INNER_EPSILON, "1e-5");
        }
        StemPool pool = layout == Layout.KENSHOHARA ? StemPool.FULL
                : layout == Layout.MMACTION2 || layout == Layout.VMZ && body.block() == Block.BOTTLENECK ? StemPool.SPATIAL
                : StemPool.NONE;
        assumed = assumed.and(layout, Option.MAX_POOL, pool)
                .and(layout, Option.TEMPORAL_STRIDES, body.convs() == Convs.MIXED ? "1,1,1,1"
                        : layout == Layout.PYTORCHVIDEO ? "1,1,2,2" : "1,2,2,2");
        return switch (layout) {
            case KENSHOHARA -> assumed.and(layout, Option.STEM_TEMPORAL_STRIDE, 1);
            case PYTORCHVIDEO -> assumed.and(layout, Option.SPATIAL_STRIDES, "2,2,2,2")
                    .and(layout, Option.HEAD_POOL, "4x7x7").and(layout, Option.SOFTMAX, true);
            case TORCHVISION_VIDEO, VMZ, IRHUM, MMACTION2, TORCHVISION, TIMM, HUGGING_FACE, AKAMASTER, CHENYAOFO, KUANGLIU ->
                assumed;
        };
    }

    private static Preprocessing preprocessing(Layout layout) {
        Preprocessing kinetics = Preprocessing.KINETICS;
        return switch (layout) {
            case IRHUM -> {
                Rgb half = new Rgb(128f / 255, 128f / 255, 128f / 255);
                yield kinetics.withMean(half).withStd(half).withFrames(8).withStride(1);
            }
            case KENSHOHARA -> kinetics.withResize(new Resize.ShortSide(112)).withInterpolation(Interpolation.ANTIALIASED)
                    .withMean(new Rgb(0.4345f, 0.4051f, 0.3775f)).withStd(new Rgb(0.2768f, 0.2713f, 0.2737f)).withStride(1);
            case MMACTION2 -> kinetics.withResize(new Resize.ShortSide(256)).withCrop(224, 224)
                    .withMean(new Rgb(123.675f / 255, 116.28f / 255, 103.53f / 255))
                    .withStd(new Rgb(58.395f / 255, 57.12f / 255, 57.375f / 255)).withFrames(8).withStride(8);
            case PYTORCHVIDEO -> kinetics.withResize(new Resize.ShortSide(256)).withCrop(224, 224)
                    .withMean(new Rgb(0.45f, 0.45f, 0.45f)).withStd(new Rgb(0.225f, 0.225f, 0.225f)).withStride(4);
            case TORCHVISION_VIDEO, VMZ, TORCHVISION, TIMM, HUGGING_FACE, AKAMASTER, CHENYAOFO, KUANGLIU -> kinetics;
        };
    }

    /** The net in a checkpoint with torchvision's names: its middle widths tell torchvision's own from VMZ's. */
    static VideoResNet readTorchvision(Weights w, Scope scope) {
        Weights net = scope.net(w);
        Weights block = net.at("layer2.0");
        boolean factored = block.has("conv2.0.0.weight");
        boolean flat = !factored && Extents.extent(block, "conv1.0.weight", 2) == 1 && !block.has("conv3.0.weight");
        Convs convs = factored ? Convs.SPATIAL_FIRST : flat ? Convs.MIXED : Convs.FULL;
        Layout layout = Layout.TORCHVISION_VIDEO;
        Mid mid = Mid.BY_CONV;
        if (factored) {
            int byBlock = VideoResNet.mid(Dims.cube(3), Extents.outputs(net, "layer1.0.conv2.0.3.weight"),
                    Extents.outputs(block, "conv2.0.3.weight"));
            boolean torchvision = !block.has("conv3.0.weight") && Extents.outputs(block, "conv2.0.0.weight") == byBlock;
            layout = torchvision ? Layout.TORCHVISION_VIDEO : Layout.VMZ;
            mid = torchvision ? Mid.BY_BLOCK : Mid.BY_CONV;
        }
        return read(w, layout, scope, convs, mid);
    }

    /** The net in a checkpoint of a layout that has no choice of convolutions. */
    static VideoResNet read(Weights w, Layout layout, Scope scope) {
        return layout == Layout.PYTORCHVIDEO ? read(w, layout, scope, Convs.TEMPORAL_FIRST, Mid.SAME)
                : read(w, layout, scope, Convs.SPATIAL_FIRST, Mid.BY_CONV);
    }

    private static VideoResNet read(Weights w, Layout layout, Scope scope, Convs convs, Mid mid) {
        Weights net = scope.net(w);
        Keys keys = layout.keys;
        String up = keys.unit(3).conv() + ".weight";
        Block block = keys.block(keys.stage(net, 1), 0).has(up) ? Block.BOTTLENECK : Block.BASIC;
        Stem stem = stem(keys.stemOf(net), layout, convs);
        Shortcut shortcut = shortcut(keys.block(keys.stage(net, 2), 0), layout);
        String last = (convs == Convs.SPATIAL_FIRST ? keys.unit(2).temporal() : keys.unit(2).conv()) + ".weight";
        List<Stage> stages = new ArrayList<>();
        for (int s = 1; s <= 4; s++) {
            Weights stage = keys.stage(net, s);
            Weights first = keys.block(stage, 0);
            int planes = block == Block.BASIC ? Extents.outputs(first, last) : Math.max(1, Extents.outputs(first, up) / 4);
            // A short-cut without weights adds channels and cannot drop any: narrower stages must misfit.
            int least = shortcut != Shortcut.ZERO_PAD ? 1
                    : stages.isEmpty() ? Math.ceilDiv(stem.out(), block.expansion) : stages.getLast().planes();
            stages.add(new Stage(Extents.blocks(stage, keys), Math.max(least, planes)));
        }
        Body body = new Body(block, convs, mid, layout == Layout.IRHUM, stem, shortcut, stages);
        return net(layout, scope, body, Extents.rows(w, scope.head() + ".weight"));
    }

    private static Stem stem(Weights w, Layout layout, Convs convs) {
        Keys.Names names = layout.keys.stem();
        if (convs != Convs.SPATIAL_FIRST) {
            int out = Extents.outputs(w, names.conv() + ".weight");
            return new Stem(Stem.Form.FULL, out, layout == Layout.PYTORCHVIDEO ? 1 : 3, out);
        }
        String temporal = names.temporal() + ".weight";
        // Only kenshohara's stems differ along time; whatever else a shape says misfits.
        boolean seven = layout == Layout.KENSHOHARA && Extents.extent(w, temporal, 2) == 7;
        return new Stem(layout == Layout.IRHUM ? Stem.Form.BARE : Stem.Form.FACTORED,
                Extents.outputs(w, names.spatial() + ".weight"), seven ? 7 : 3, Extents.outputs(w, temporal));
    }

    private static Shortcut shortcut(Weights block, Layout layout) {
        return switch (layout) {
            case IRHUM -> Shortcut.FACTORED;
            case MMACTION2 -> Shortcut.FACTORED_AS_3;
            case KENSHOHARA -> block.has("downsample.0.weight") ? Shortcut.PROJECTION : Shortcut.ZERO_PAD;
            case TORCHVISION_VIDEO, VMZ, PYTORCHVIDEO, TORCHVISION, TIMM, HUGGING_FACE, AKAMASTER, CHENYAOFO, KUANGLIU ->
                Shortcut.PROJECTION;
        };
    }
}
