package lanewise.model;

import static lanewise.nn.Layers.batchNorm;
import static lanewise.nn.Layers.conv3d;
import static lanewise.nn.Layers.globalAvgPool;
import static lanewise.nn.Layers.identity;
import static lanewise.nn.Layers.linear;
import static lanewise.nn.Layers.relu;
import static lanewise.nn.Layers.residual;
import static lanewise.nn.Layers.seq;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lanewise.nn.Layer;
import lanewise.nn.Network;
import lanewise.tensor.Dims;
import lanewise.weights.Weights;

/**
 * The video ResNets of Tran et al. 2018 (arXiv 1711.11248) with torchvision's keys: R(2+1)D, R3D and MC3, of basic blocks.
 *
 * @param kind how the convolutions are made, and how wide the factored ones are inside
 * @param widths channels
 * @param blocks residual blocks of each of the four stages
 * @param classes rows of the classifier, 0 for features only
 * @param epsilon of every batch norm: 1e-5 in torchvision, 1e-3 in VMZ and ig65m; no file tells
 */
public record VideoResNet(String name, Kind kind, Widths widths, List<Integer> blocks, int classes, double epsilon)
        implements Architecture {
    /** The convolutions of a video ResNet. */
    public enum Kind {
        /** 1×3×3, batch norm, ReLU, 3×1×1, with one inner width for both convolutions of a block: torchvision. */
        R2PLUS1D_BY_BLOCK,
        /** The same, with each convolution's own inner width: VMZ, ig65m and the paper. */
        R2PLUS1D_BY_CONV,
        /** 3×3×3 throughout. */
        R3D,
        /** 3×3×3 in the stem and the first stage, then 1×3×3 without a stride along time. */
        MC3
    }

    /**
     * Channels.
     *
     * @param stem between the two convolutions of a factored stem
     * @param stages of each of the four stages; the stem has those of the first
     */
    public record Widths(int stem, List<Integer> stages) {
        /** Those of all published nets. */
        public static final Widths PUBLISHED = new Widths(45, List.of(64, 128, 256, 512));

        public Widths {
            stages = List.copyOf(stages);
        }
    }

    public VideoResNet {
        blocks = List.copyOf(blocks);
    }

    /** A net of the published widths. */
    public VideoResNet(String name, Kind kind, List<Integer> blocks, int classes, double epsilon) {
        this(name, kind, Widths.PUBLISHED, blocks, classes, epsilon);
    }

    @Override
    public Network declare(Weights w) {
        List<Layer> layers = new ArrayList<>(List.of(factored() ? factoredStem(w.at("stem")) : stem(w.at("stem"))));
        int in = widths.stages.getFirst();
        for (int s = 0; s < widths.stages.size(); s++) {
            int out = widths.stages.get(s);
            layers.add(stage(w.at("layer" + (s + 1)), s, in, out));
            in = out;
        }
        layers.add(globalAvgPool());
        if (classes > 0) {
            layers.add(linear(w.at("fc"), in, classes));
        }
        return new Network(name, 3, seq("", layers));
    }

    private boolean factored() {
        return kind == Kind.R2PLUS1D_BY_BLOCK || kind == Kind.R2PLUS1D_BY_CONV;
    }

    private Layer stem(Weights w) {
        int out = widths.stages.getFirst();
        return seq(w.path(),
                conv3d(w.at("0"), 3, out, new Dims(3, 7, 7), new Dims(1, 2, 2), new Dims(1, 3, 3)),
                batchNorm(w.at("1"), out, epsilon), relu());
    }

    private Layer factoredStem(Weights w) {
        int mid = widths.stem;
        int out = widths.stages.getFirst();
        return seq(w.path(),
                conv3d(w.at("0"), 3, mid, new Dims(1, 7, 7), new Dims(1, 2, 2), new Dims(0, 3, 3)),
                batchNorm(w.at("1"), mid, epsilon), relu(),
                conv3d(w.at("3"), mid, out, new Dims(3, 1, 1), Dims.ONE, new Dims(1, 0, 0)),
                batchNorm(w.at("4"), out, epsilon), relu());
    }

    private Layer stage(Weights w, int stage, int in, int out) {
        Dims stride = stage == 0 ? Dims.ONE : kind == Kind.MC3 ? Dims.spatial(2) : Dims.cube(2);
        List<Layer> layers = new ArrayList<>(List.of(block(w.at("0"), stage, in, out, stride)));
        for (int b = 1; b < blocks.get(stage); b++) {
            layers.add(block(w.at(Integer.toString(b)), stage, out, out, Dims.ONE));
        }
        return seq(w.path(), layers);
    }

    private Layer block(Weights w, int stage, int in, int out, Dims stride) {
        int first = SpatioTemporal.mid(Dims.cube(3), in, out);
        int second = kind == Kind.R2PLUS1D_BY_BLOCK ? first : SpatioTemporal.mid(Dims.cube(3), out, out);
        return seq(w.path(),
                residual(
                        seq(conv(w.at("conv1.0"), stage, in, first, out, stride), batchNorm(w.at("conv1.1"), out, epsilon), relu(),
                            conv(w.at("conv2.0"), stage, out, second, out, Dims.ONE), batchNorm(w.at("conv2.1"), out, epsilon)),
                        shortcut(w.at("downsample"), in, out, stride)),
                relu());
    }

    private Layer conv(Weights w, int stage, int in, int mid, int out, Dims stride) {
        if (!factored()) {
            boolean flat = kind == Kind.MC3 && stage > 0;
            return flat ? conv3d(w, in, out, Dims.spatial(3), stride, new Dims(0, 1, 1))
                    : conv3d(w, in, out, Dims.cube(3), stride, Dims.ONE);
        }
        return seq(
                conv3d(w.at("0"), in, mid, Dims.spatial(3), new Dims(1, stride.h(), stride.w()), new Dims(0, 1, 1)),
                batchNorm(w.at("1"), mid, epsilon), relu(),
                conv3d(w.at("3"), mid, out, new Dims(3, 1, 1), new Dims(stride.t(), 1, 1), new Dims(1, 0, 0)));
    }

    private Layer shortcut(Weights w, int in, int out, Dims stride) {
        return stride.equals(Dims.ONE) && in == out ? identity()
                : seq(conv3d(w.at("0"), in, out, Dims.ONE, stride, Dims.ZERO), batchNorm(w.at("1"), out, epsilon));
    }

    @Override
    public Preprocessing preprocessing() {
        return Preprocessing.KINETICS;
    }

    @Override
    public VideoResNet with(String option, String value) {
        if (!option.equals("epsilon")) {
            throw OptionText.unknown(option, name, "epsilon");
        }
        return new VideoResNet(name, kind, widths, blocks, classes, OptionText.epsilon(value));
    }

    /** The net in a checkpoint with a {@code stem} of five axes. */
    static VideoResNet read(Weights w) {
        List<Integer> blocks = List.of(Extents.blocks(w.at("layer1")), Extents.blocks(w.at("layer2")),
                Extents.blocks(w.at("layer3")), Extents.blocks(w.at("layer4")));
        Widths widths = new Widths(Extents.outputs(w, "stem.0.weight"), IntStream.rangeClosed(1, 4)
                .mapToObj(s -> Extents.outputs(w, "layer" + s + ".0.conv1.1.weight")).toList());
        int classes = Extents.classes(w, "fc.weight");
        if (w.has("stem.3.weight")) {
            int mid = SpatioTemporal.mid(Dims.cube(3), widths.stages.get(0), widths.stages.get(1));
            boolean byBlock = Extents.outputs(w, "layer2.0.conv2.0.0.weight") == mid;
            return byBlock
                    ? new VideoResNet(name("r2plus1d_", widths, blocks), Kind.R2PLUS1D_BY_BLOCK, widths, blocks, classes, 1e-5)
                    : new VideoResNet(name("vmz_r2plus1d_", widths, blocks), Kind.R2PLUS1D_BY_CONV, widths, blocks, classes, 1e-3);
        }
        boolean flat = Extents.extent(w, "layer2.0.conv1.0.weight", 2) == 1;
        Widths whole = new Widths(Widths.PUBLISHED.stem, widths.stages);
        return flat ? new VideoResNet(name("mc3_", whole, blocks), Kind.MC3, whole, blocks, classes, 1e-5)
                : new VideoResNet(name("r3d_", whole, blocks), Kind.R3D, whole, blocks, classes, 1e-5);
    }

    /** By its depth where the widths are the published ones, else by its blocks. */
    private static String name(String family, Widths widths, List<Integer> blocks) {
        return widths.equals(Widths.PUBLISHED)
                ? family + (2 * blocks.stream().mapToInt(Integer::intValue).sum() + 2)
                : family + blocks.stream().map(String::valueOf).collect(Collectors.joining("_"));
    }
}
