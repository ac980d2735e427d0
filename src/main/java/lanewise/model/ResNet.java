package lanewise.model;

import static lanewise.nn.Layers.avgPool;
import static lanewise.nn.Layers.batchNorm;
import static lanewise.nn.Layers.conv2d;
import static lanewise.nn.Layers.gated;
import static lanewise.nn.Layers.globalAvgPool;
import static lanewise.nn.Layers.identity;
import static lanewise.nn.Layers.linear;
import static lanewise.nn.Layers.maxPool;
import static lanewise.nn.Layers.pointwise2d;
import static lanewise.nn.Layers.relu;
import static lanewise.nn.Layers.residual;
import static lanewise.nn.Layers.seq;

import java.util.ArrayList;
import java.util.List;
import lanewise.nn.Layer;
import lanewise.nn.Network;
import lanewise.tensor.Dims;
import lanewise.weights.Weights;

/**
 * ResNet for pictures: He et al. 2015 (arXiv 1512.03385), the stride on the 3×3 convolution of a bottleneck (v1.5); ResNeXt
 * (arXiv 1611.05431) and wide ResNet (arXiv 1605.07146) by groups and widths; deep stems and average-pooled short-cuts (He et
 * al. 2018, arXiv 1812.01187); squeeze and excitation (arXiv 1709.01507); and the nets for CIFAR with their 3×3 stem.
 *
 * @param layout how the checkpoint names its tensors
 * @param classes rows of the classifier, 0 for features only
 */
public record ResNet(String name, Layout layout, Scope scope, Body body, int classes, Assumptions assumed)
        implements Architecture {
    /** What comes before the first stage. */
    public enum Stem {
        /** 7×7 with stride 2, then max-pooling. */
        SEVEN,
        /** Three 3×3, the first with stride 2, then max-pooling. */
        DEEP,
        /** 3×3 without stride or pooling, for pictures of 32×32. */
        THREE
    }

    /** What leads around a block that changes the map or its channels. */
    public enum Shortcut {
        /** A strided 1×1 convolution. */
        PROJECTION,
        /** The mean of 2×2, then a 1×1 convolution. */
        AVERAGE,
        /** Every second pixel, and zero channels before and behind: option A, without weights. */
        ZERO_PAD
    }

    /**
     * @param blocks residual blocks
     * @param planes the stage's nominal channels; a bottleneck gives four times as many
     * @param width channels of the 3×3 convolution in a bottleneck; in a basic block the planes
     * @param squeezed channels between the two layers of squeeze and excitation, 0 without it
     */
    public record Stage(int blocks, int planes, int width, int squeezed) {
        Stage(int blocks, int planes, int width) {
            this(blocks, planes, width, 0);
        }
    }

    /**
     * What keys and shapes tell.
     *
     * @param stemWidths channels after each convolution of the stem
     * @param groups groups of the 3×3 convolution in bottlenecks
     */
    public record Body(Block block, Stem stem, List<Integer> stemWidths, List<Stage> stages, int groups, Shortcut shortcut) {
        public Body {
            stemWidths = List.copyOf(stemWidths);
            stages = List.copyOf(stages);
        }
    }

    @Override
    public Network declare(Weights w) {
        Weights net = scope.net(w);
        List<Layer> layers = new ArrayList<>(stem(layout.keys.stemOf(net)));
        List<Boolean> dilated = assumed.get(Option.DILATION);
        int in = body.stemWidths.getLast();
        int dilation = 1;
        for (int s = 0; s < body.stages.size(); s++) {
            boolean dilate = s > 0 && dilated.get(s - 1);
            boolean halve = s > 0 ? !dilate : assumed.get(Option.FIRST_STAGE_HALVES);
            int next = dilate ? 2 * dilation : dilation;
            layers.add(stage(layout.keys.stage(net, s + 1), in, body.stages.get(s), halve ? 2 : 1, dilation, next));
            dilation = next;
            in = outputs(body.stages.get(s));
        }
        layers.add(globalAvgPool());
        if (classes > 0) {
            layers.add(linear(scope.head(w), in, classes));
        }
        return new Network(name, 3, seq("", layers));
    }

    private int outputs(Stage stage) {
        return stage.planes * body.block.expansion;
    }

    private List<Layer> stem(Weights w) {
        List<Integer> widths = body.stemWidths;
        Keys.Names names = layout.keys.stem();
        return switch (body.stem) {
            case SEVEN -> List.of(
                    conv2d(w.at(names.conv()), 3, widths.getFirst(), 7, 2, 3, 1, 1),
                    norm(w.at(names.norm()), widths.getFirst()), relu(), stemPool());
            case DEEP -> List.of(
                    conv2d(w.at("conv1.0"), 3, widths.get(0), 3, 2, 1, 1, 1), norm(w.at("conv1.1"), widths.get(0)), relu(),
                    conv2d(w.at("conv1.3"), widths.get(0), widths.get(1), 3, 1, 1, 1, 1),
                    norm(w.at("conv1.4"), widths.get(1)), relu(),
                    conv2d(w.at("conv1.6"), widths.get(1), widths.get(2), 3, 1, 1, 1, 1),
                    norm(w.at("bn1"), widths.get(2)), relu(), stemPool());
            case THREE -> List.of(
                    conv2d(w.at(names.conv()), 3, widths.getFirst(), 3, 1, 1, 1, 1),
                    norm(w.at(names.norm()), widths.getFirst()), relu());
        };
    }

    private Layer stemPool() {
        return assumed.get(Option.ANTIALIAS) ? avgPool("maxpool", Dims.spatial(2), Dims.spatial(2), false)
                : maxPool("maxpool", Dims.spatial(3), Dims.spatial(2), new Dims(0, 1, 1));
    }

    /** The first block may change the map and still has the dilation of the stage before. */
    private Layer stage(Weights w, int in, Stage stage, int stride, int firstDilation, int dilation) {
        List<Layer> blocks = new ArrayList<>(List.of(block(layout.keys.block(w, 0), in, stage, stride, firstDilation)));
        for (int b = 1; b < stage.blocks; b++) {
            blocks.add(block(layout.keys.block(w, b), outputs(stage), stage, 1, dilation));
        }
        return seq(w.path(), blocks);
    }

    private Layer block(Weights w, int in, Stage stage, int stride, int dilation) {
        return switch (body.block) {
            case BASIC -> basicBlock(w, in, stage, stride, dilation);
            case BOTTLENECK -> bottleneck(w, in, stage, stride, dilation);
        };
    }

    private Layer basicBlock(Weights w, int in, Stage stage, int stride, int dilation) {
        int out = stage.planes;
        boolean mean = stride > 1 && assumed.get(Option.ANTIALIAS);
        return seq(w.path(),
                residual(
                        seq(conv2d(conv(w, 1), in, out, 3, mean ? 1 : stride, dilation, dilation, 1), norm(w, 1, out), relu(),
                            mean ? avgPool("", Dims.spatial(stride), Dims.spatial(stride), false) : identity(),
                            conv2d(conv(w, 2), out, out, 3, 1, dilation, dilation, 1), norm(w, 2, out),
                            excitation(w.at("se"), out, stage.squeezed)),
                        shortcut(w, in, out, stride)),
                relu());
    }

    private Layer bottleneck(Weights w, int in, Stage stage, int stride, int dilation) {
        int width = stage.width;
        int out = 4 * stage.planes;
        boolean mean = stride > 1 && assumed.get(Option.ANTIALIAS);
        boolean early = assumed.get(Option.STRIDE_IN_1X1);
        return seq(w.path(),
                residual(
                        seq(conv2d(conv(w, 1), in, width, 1, early ? stride : 1, 0, 1, 1), norm(w, 1, width), relu(),
                            conv2d(conv(w, 2), width, width, 3, early || mean ? 1 : stride, dilation, dilation, body.groups),
                            norm(w, 2, width), relu(),
                            mean && !early ? avgPool("", Dims.spatial(stride), Dims.spatial(stride), false) : identity(),
                            conv2d(conv(w, 3), width, out, 1, 1, 0, 1, 1), norm(w, 3, out),
                            excitation(w.at("se"), out, stage.squeezed)),
                        shortcut(w, in, out, stride)),
                relu());
    }

    /** Torchvision keeps a projection in the first block of a dilated stage too, though only the channels change. */
    private Layer shortcut(Weights w, int in, int out, int stride) {
        if (stride == 1 && in == out) {
            return identity();
        }
        Keys.Names names = layout.keys.shortcut();
        return switch (body.shortcut) {
            case PROJECTION -> seq(conv2d(w.at(names.conv()), in, out, 1, stride, 0, 1, 1), norm(w.at(names.norm()), out));
            case AVERAGE -> seq(
                    stride > 1 ? avgPool(w.path("downsample.0"), Dims.spatial(2), Dims.spatial(stride), true) : identity(),
                    conv2d(w.at("downsample.1"), in, out, 1, 1, 0, 1, 1), norm(w.at("downsample.2"), out));
            case ZERO_PAD -> {
                int before = (out - in) / 2;
                yield new Layer.ShortcutA("", Dims.spatial(stride), before, out - in - before);
            }
        };
    }

    private static Layer excitation(Weights w, int channels, int squeezed) {
        return squeezed == 0 ? identity()
                : gated(seq(new Layer.GlobalAvgPool(""), pointwise2d(w.at("fc1"), channels, squeezed), relu(),
                        pointwise2d(w.at("fc2"), squeezed, channels)));
    }

    private Weights conv(Weights block, int number) {
        return block.at(layout.keys.unit(number).conv());
    }

    private Layer norm(Weights block, int number, int channels) {
        return norm(block.at(layout.keys.unit(number).norm()), channels);
    }

    private Layer norm(Weights w, int channels) {
        return batchNorm(w, channels, assumed.get(Option.EPSILON));
    }

    @Override
    public ResNet assuming(Assumptions others) {
        return new ResNet(name, layout, scope, body, classes, others);
    }
}
