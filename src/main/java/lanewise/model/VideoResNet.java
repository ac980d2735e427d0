package lanewise.model;

import static lanewise.nn.Layers.avgPool;
import static lanewise.nn.Layers.batchNorm;
import static lanewise.nn.Layers.conv3d;
import static lanewise.nn.Layers.conv3dWithBias;
import static lanewise.nn.Layers.globalAvgPool;
import static lanewise.nn.Layers.identity;
import static lanewise.nn.Layers.linear;
import static lanewise.nn.Layers.maxPool;
import static lanewise.nn.Layers.pointwise;
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
 * The video ResNets of Tran et al. 2018 (arXiv 1711.11248): R(2+1)D, whose 3×3×3 convolutions are factored into a spatial and
 * a temporal one with batch norm and ReLU between, R3D and MC3.
 *
 * @param layout how the checkpoint names its tensors
 * @param classes rows of the classifier, 0 for features only
 */
public record VideoResNet(String name, Layout layout, Scope scope, Body body, int classes, Assumptions assumed)
        implements Architecture {
    /** The 3×3×3 convolutions of the blocks, or what stands for them. */
    public enum Convs {
        /** 1×3×3, batch norm, ReLU, 3×1×1. */
        SPATIAL_FIRST,
        /** 3×1×1, batch norm, ReLU, 1×3×3. */
        TEMPORAL_FIRST,
        /** 3×3×3 throughout: R3D. */
        FULL,
        /** 3×3×3 in the first stage, then 1×3×3: MC3. */
        MIXED
    }

    /** How many channels lie between the factors of a convolution. */
    public enum Mid {
        /** {@link #mid} of the block's first convolution, for both of its convolutions: torchvision. */
        BY_BLOCK,
        /** {@link #mid} of each convolution: the paper and most others. */
        BY_CONV,
        /** As many as come out. */
        SAME
    }

    /** What leads around a block that changes the map or its channels. */
    public enum Shortcut {
        /** A strided 1×1×1 convolution. */
        PROJECTION,
        /** A factored 1×1×1 convolution. */
        FACTORED,
        /** A factored one, as wide inside as for 3×1×1. */
        FACTORED_AS_3,
        /** Every second pixel of every second frame, and zero channels behind: option A, without weights. */
        ZERO_PAD
    }

    /**
     * The first convolution, with stride 2 along height and width.
     *
     * @param mid channels between 1×7×7 and the temporal factor; for other forms those that come out
     * @param temporal frames that the kernel covers
     */
    public record Stem(Form form, int mid, int temporal, int out) {
        /** What the stem is made of. */
        public enum Form {
            /** 1×7×7, batch norm, ReLU, t×1×1, batch norm, ReLU. */
            FACTORED,
            /** The same without the last batch norm and ReLU. */
            BARE,
            /** t×7×7, batch norm, ReLU. */
            FULL
        }
    }

    /**
     * @param blocks residual blocks
     * @param planes the stage's nominal channels; a bottleneck gives four times as many
     */
    public record Stage(int blocks, int planes) {}

    /**
     * What keys and shapes tell.
     *
     * @param bias whether the factors of convolutions have biases
     */
    public record Body(Block block, Convs convs, Mid mid, boolean bias, Stem stem, Shortcut shortcut, List<Stage> stages) {
        public Body {
            stages = List.copyOf(stages);
        }
    }

    /**
     * Channels between the two factors of a convolution, chosen so that both together have as many weights as the full one:
     * {@code M = floor(t h w in out / (h w in + t out))} (section 3.5 of the paper).
     *
     * @param kernel t×h×w of the full convolution
     */
    public static int mid(Dims kernel, int in, int out) {
        long full = (long) kernel.volume() * in * out;
        return Math.toIntExact(full / ((long) kernel.h() * kernel.w() * in + (long) kernel.t() * out));
    }

    @Override
    public Network declare(Weights w) {
        Weights net = scope.net(w);
        List<Layer> layers = new ArrayList<>(List.of(stem(layout.keys.stemOf(net))));
        StemPool pool = assumed.get(Option.MAX_POOL);
        if (pool != StemPool.NONE) {
            layers.add(maxPool("maxpool", pool.kernel, halves(pool.kernel), half(pool.kernel)));
        }
        int in = body.stem.out;
        for (int s = 0; s < body.stages.size(); s++) {
            int across = assumed.get(Option.SPATIAL_STRIDES).get(s);
            Dims stride = new Dims(assumed.get(Option.TEMPORAL_STRIDES).get(s), across, across);
            layers.add(stage(layout.keys.stage(net, s + 1), s, in, stride));
            in = outputs(s);
        }
        layers.addAll(head(scope.head(w), in));
        return new Network(name, 3, seq("", layers));
    }

    private int outputs(int stage) {
        return body.stages.get(stage).planes * body.block.expansion;
    }

    private Layer stem(Weights w) {
        Stem stem = body.stem;
        Keys.Names names = layout.keys.stem();
        Dims kernel = new Dims(stem.temporal, 7, 7);
        Dims stride = new Dims(assumed.get(Option.STEM_TEMPORAL_STRIDE), 2, 2);
        return switch (stem.form) {
            case FACTORED -> seq(w.path(), factored(w, names, kernel, 3, stem.mid, stem.out, stride),
                    norm(w.at(names.outer()), stem.out), relu());
            case BARE -> seq(w.path(), factored(w, names, kernel, 3, stem.mid, stem.out, stride));
            case FULL -> seq(w.path(), conv3d(w.at(names.conv()), 3, stem.out, kernel, stride, half(kernel)),
                    norm(w.at(names.norm()), stem.out), relu());
        };
    }

    private Layer stage(Weights w, int stage, int in, Dims stride) {
        List<Layer> blocks = new ArrayList<>(List.of(block(layout.keys.block(w, 0), stage, in, stride)));
        for (int b = 1; b < body.stages.get(stage).blocks; b++) {
            blocks.add(block(layout.keys.block(w, b), stage, outputs(stage), Dims.ONE));
        }
        return seq(w.path(), blocks);
    }

    private Layer block(Weights w, int stage, int in, Dims stride) {
        return switch (body.block) {
            case BASIC -> basicBlock(w, stage, in, stride);
            case BOTTLENECK -> bottleneck(w, stage, in, stride);
        };
    }

    private Layer basicBlock(Weights w, int stage, int in, Dims stride) {
        int out = outputs(stage);
        int first = inner(in, out);
        int second = body.mid == Mid.BY_BLOCK ? first : inner(out, out);
        return seq(w.path(),
                residual(
                        seq(conv(w, 1, stage, in, first, out, stride), norm(w.at(names(1).outer()), out), relu(),
                            conv(w, 2, stage, out, second, out, Dims.ONE), norm(w.at(names(2).outer()), out)),
                        shortcut(w, in, out, stride)),
                relu());
    }

    private Layer bottleneck(Weights w, int stage, int in, Dims stride) {
        int width = body.stages.get(stage).planes;
        int out = outputs(stage);
        return seq(w.path(),
                residual(
                        seq(pointwiseConv(w, 1, in, width), norm(w.at(names(1).norm()), width), relu(),
                            conv(w, 2, stage, width, inner(width, width), width, stride),
                            norm(w.at(names(2).outer()), width), relu(),
                            pointwiseConv(w, 3, width, out), norm(w.at(names(3).norm()), out)),
                        shortcut(w, in, out, stride)),
                relu());
    }

    private Keys.Names names(int number) {
        return layout.keys.unit(number);
    }

    private int inner(int in, int out) {
        return body.mid == Mid.SAME ? out : mid(Dims.cube(3), in, out);
    }

    private Layer pointwiseConv(Weights w, int number, int in, int out) {
        return conv3d(w.at(names(number).conv()), in, out, Dims.ONE, Dims.ONE, Dims.ZERO);
    }

    private Layer conv(Weights w, int number, int stage, int in, int mid, int out, Dims stride) {
        Keys.Names names = names(number);
        Dims kernel = body.convs == Convs.MIXED && stage > 0 ? Dims.spatial(3) : Dims.cube(3);
        return switch (body.convs) {
            case FULL, MIXED -> conv3d(w.at(names.conv()), in, out, kernel, stride, half(kernel));
            case SPATIAL_FIRST -> factored(w, names, kernel, in, mid, out, stride);
            case TEMPORAL_FIRST -> seq(
                    temporal(w.at(names.temporal()), kernel, in, mid, stride), innerNorm(w.at(names.inner()), mid), relu(),
                    spatial(w.at(names.spatial()), kernel, mid, out, stride));
        };
    }

    private Layer factored(Weights w, Keys.Names names, Dims kernel, int in, int mid, int out, Dims stride) {
        return seq(spatial(w.at(names.spatial()), kernel, in, mid, stride), innerNorm(w.at(names.inner()), mid), relu(),
                temporal(w.at(names.temporal()), kernel, mid, out, stride));
    }

    private Layer spatial(Weights w, Dims kernel, int in, int out, Dims stride) {
        return factor(w, in, out, new Dims(1, kernel.h(), kernel.w()), new Dims(1, stride.h(), stride.w()));
    }

    private Layer temporal(Weights w, Dims kernel, int in, int out, Dims stride) {
        return factor(w, in, out, new Dims(kernel.t(), 1, 1), new Dims(stride.t(), 1, 1));
    }

    private Layer factor(Weights w, int in, int out, Dims kernel, Dims stride) {
        return body.bias ? conv3dWithBias(w, in, out, kernel, stride, half(kernel))
                : conv3d(w, in, out, kernel, stride, half(kernel));
    }

    private Layer shortcut(Weights w, int in, int out, Dims stride) {
        if (stride.equals(Dims.ONE) && in == out) {
            return identity();
        }
        Keys.Names names = layout.keys.shortcut();
        return switch (body.shortcut) {
            case PROJECTION -> seq(conv3d(w.at(names.conv()), in, out, Dims.ONE, stride, Dims.ZERO),
                    norm(w.at(names.norm()), out));
            case FACTORED -> factoredShortcut(w, names, mid(Dims.ONE, in, out), in, out, stride);
            case FACTORED_AS_3 -> factoredShortcut(w, names, mid(new Dims(3, 1, 1), in, out), in, out, stride);
            case ZERO_PAD -> new Layer.ShortcutA("", stride, 0, out - in);
        };
    }

    private Layer factoredShortcut(Weights w, Keys.Names names, int mid, int in, int out, Dims stride) {
        return seq(factored(w, names, Dims.ONE, in, mid, out, stride), norm(w.at(names.outer()), out));
    }

    private List<Layer> head(Weights w, int in) {
        Dims window = assumed.get(Option.HEAD_POOL);
        boolean whole = window.equals(Dims.ZERO);
        List<Layer> layers = new ArrayList<>(List.of(whole ? globalAvgPool() : avgPool("avgpool", window, Dims.ONE, false)));
        if (classes > 0) {
            layers.add(whole ? linear(w, in, classes) : pointwise(w, in, classes));
            if (assumed.get(Option.SOFTMAX)) {
                layers.add(new Layer.Softmax(""));
            }
        }
        if (!whole) {
            layers.add(new Layer.GlobalAvgPool(""));
        }
        return layers;
    }

    private Layer norm(Weights w, int channels) {
        return batchNorm(w, channels, assumed.get(Option.EPSILON));
    }

    private Layer innerNorm(Weights w, int channels) {
        return batchNorm(w, channels, assumed.get(assumed.has(Option.INNER_EPSILON) ? Option.INNER_EPSILON : Option.EPSILON));
    }

    /** Padding that keeps the map. */
    private static Dims half(Dims kernel) {
        return new Dims(kernel.t() / 2, kernel.h() / 2, kernel.w() / 2);
    }

    /** Stride 2 along the axes that a pooling covers. */
    private static Dims halves(Dims kernel) {
        return new Dims(Math.min(2, kernel.t()), Math.min(2, kernel.h()), Math.min(2, kernel.w()));
    }

    @Override
    public boolean probabilities() {
        return classes > 0 && assumed.get(Option.SOFTMAX);
    }

    @Override
    public VideoResNet assuming(Assumptions others) {
        return new VideoResNet(name, layout, scope, body, classes, others);
    }
}
