package lanewise.model;

import static lanewise.nn.Layers.batchNorm;
import static lanewise.nn.Layers.conv2d;
import static lanewise.nn.Layers.globalAvgPool;
import static lanewise.nn.Layers.identity;
import static lanewise.nn.Layers.linear;
import static lanewise.nn.Layers.maxPool;
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
 * ResNet for pictures, with torchvision's keys: He et al. 2015 (arXiv 1512.03385), the stride on the 3×3 convolution of a
 * bottleneck (v1.5); ResNeXt (arXiv 1611.05431) and wide ResNet (arXiv 1605.07146) by groups and widths.
 *
 * @param block what the stages are made of
 * @param stem channels after the first convolution, 64 in all published nets
 * @param stages the four stages
 * @param groups groups of the 3×3 convolution in bottlenecks
 * @param replaceStrideWithDilation for stages 2 to 4: keep the map and dilate instead of halving it; three values
 * @param classes rows of the classifier, 0 for features only
 * @param epsilon of every batch norm
 */
public record ResNet(String name, Block block, int stem, List<Stage> stages, int groups,
        List<Boolean> replaceStrideWithDilation, int classes, double epsilon) implements Architecture {
    /** The two residual blocks of the paper. */
    public enum Block {
        /** Two 3×3 convolutions. */
        BASIC(1),
        /** 1×1 down, 3×3, 1×1 up to four times the planes. */
        BOTTLENECK(4);

        final int expansion;

        Block(int expansion) {
            this.expansion = expansion;
        }
    }

    /**
     * @param blocks residual blocks
     * @param planes the stage's nominal channels; a bottleneck gives four times as many
     * @param width channels of the 3×3 convolution in a bottleneck
     */
    public record Stage(int blocks, int planes, int width) {}

    private static final List<Boolean> STRIDED = List.of(false, false, false);

    public ResNet {
        stages = List.copyOf(stages);
        replaceStrideWithDilation = List.copyOf(replaceStrideWithDilation);
    }

    /** A net of published proportions: planes 64 to 512, width {@code planes * widthPerGroup / 64 * groups}. */
    static ResNet published(String name, Block block, List<Integer> blocks, int groups, int widthPerGroup) {
        List<Stage> stages = new ArrayList<>();
        for (int s = 0; s < blocks.size(); s++) {
            int planes = 64 << s;
            stages.add(new Stage(blocks.get(s), planes, planes * widthPerGroup / 64 * groups));
        }
        return new ResNet(name, block, 64, stages, groups, STRIDED, 1000, 1e-5);
    }

    @Override
    public Network declare(Weights w) {
        List<Layer> layers = new ArrayList<>(List.of(
                conv2d(w.at("conv1"), 3, stem, 7, 2, 3, 1, 1), batchNorm(w.at("bn1"), stem, epsilon), relu(),
                maxPool("maxpool", Dims.spatial(3), Dims.spatial(2), new Dims(0, 1, 1))));
        int in = stem;
        int dilation = 1;
        for (int s = 0; s < stages.size(); s++) {
            boolean dilate = s > 0 && replaceStrideWithDilation.get(s - 1);
            int stride = s == 0 || dilate ? 1 : 2;
            layers.add(stage(w.at("layer" + (s + 1)), in, stages.get(s), stride, dilation, dilate ? 2 * dilation : dilation));
            dilation = dilate ? 2 * dilation : dilation;
            in = stages.get(s).planes() * block.expansion;
        }
        layers.add(globalAvgPool());
        if (classes > 0) {
            layers.add(linear(w.at("fc"), in, classes));
        }
        return new Network(name, 3, seq("", layers));
    }

    /** The first block may change the map and still has the dilation of the stage before. */
    private Layer stage(Weights w, int in, Stage stage, int stride, int firstDilation, int dilation) {
        int out = stage.planes() * block.expansion;
        List<Layer> blocks = new ArrayList<>(List.of(block(w.at("0"), in, stage, stride, firstDilation)));
        for (int b = 1; b < stage.blocks(); b++) {
            blocks.add(block(w.at(Integer.toString(b)), out, stage, 1, dilation));
        }
        return seq(w.path(), blocks);
    }

    private Layer block(Weights w, int in, Stage stage, int stride, int dilation) {
        return switch (block) {
            case BASIC -> basicBlock(w, in, stage.planes(), stride, dilation);
            case BOTTLENECK -> bottleneck(w, in, stage.width(), 4 * stage.planes(), stride, dilation);
        };
    }

    private Layer basicBlock(Weights w, int in, int out, int stride, int dilation) {
        return seq(w.path(),
                residual(
                        seq(conv2d(w.at("conv1"), in, out, 3, stride, dilation, dilation, 1), batchNorm(w.at("bn1"), out, epsilon), relu(),
                            conv2d(w.at("conv2"), out, out, 3, 1, dilation, dilation, 1), batchNorm(w.at("bn2"), out, epsilon)),
                        shortcut(w.at("downsample"), in, out, stride)),
                relu());
    }

    private Layer bottleneck(Weights w, int in, int width, int out, int stride, int dilation) {
        return seq(w.path(),
                residual(
                        seq(conv2d(w.at("conv1"), in, width, 1, 1, 0, 1, 1), batchNorm(w.at("bn1"), width, epsilon), relu(),
                            conv2d(w.at("conv2"), width, width, 3, stride, dilation, dilation, groups), batchNorm(w.at("bn2"), width, epsilon), relu(),
                            conv2d(w.at("conv3"), width, out, 1, 1, 0, 1, 1), batchNorm(w.at("bn3"), out, epsilon)),
                        shortcut(w.at("downsample"), in, out, stride)),
                relu());
    }

    /** Torchvision keeps a projection in the first block of a dilated stage too, though only the channels change. */
    private Layer shortcut(Weights w, int in, int out, int stride) {
        return stride == 1 && in == out ? identity()
                : seq(conv2d(w.at("0"), in, out, 1, stride, 0, 1, 1), batchNorm(w.at("1"), out, epsilon));
    }

    @Override
    public Preprocessing preprocessing() {
        return Preprocessing.IMAGENET;
    }

    @Override
    public ResNet with(String option, String value) {
        return switch (option) {
            case "epsilon" -> new ResNet(name, block, stem, stages, groups, replaceStrideWithDilation, classes,
                    OptionText.epsilon(value));
            case "replaceStrideWithDilation" -> new ResNet(name, block, stem, stages, groups,
                    OptionText.booleans(option, value, 3), classes, epsilon);
            default -> throw OptionText.unknown(option, name, "epsilon, replaceStrideWithDilation");
        };
    }

    /** The net in a checkpoint with torchvision's keys: every number that shapes tell. */
    static ResNet read(Weights w) {
        Block block = w.has("layer1.0.conv3.weight") ? Block.BOTTLENECK : Block.BASIC;
        List<Stage> stages = new ArrayList<>();
        for (int s = 1; s <= 4; s++) {
            Weights stage = w.at("layer" + s);
            int width = Extents.outputs(stage, "0.conv2.weight");
            int planes = block == Block.BASIC ? width : Math.max(1, Extents.outputs(stage, "0.conv3.weight") / 4);
            stages.add(new Stage(Extents.blocks(stage), planes, width));
        }
        int groups = groups(stages, Extents.inputs(w, "layer1.0.conv2.weight"));
        ResNet net = new ResNet("", block, Extents.outputs(w, "conv1.weight"), stages, groups, STRIDED,
                Extents.classes(w, "fc.weight"), 1e-5);
        return new ResNet(Architectures.nameOf(net), block, net.stem, stages, groups, STRIDED, net.classes, net.epsilon);
    }

    /** Groups of the width that the first stage's have; one where that splits some stage unevenly, which then misfits. */
    private static int groups(List<Stage> stages, int groupWidth) {
        int groups = Math.max(1, stages.getFirst().width() / groupWidth);
        return stages.stream().allMatch(stage -> stage.width() % groups == 0) ? groups : 1;
    }

    /** Whether two nets have the same body, whatever their heads and options. */
    boolean sameBody(ResNet other) {
        return block == other.block && stem == other.stem && stages.equals(other.stages) && groups == other.groups;
    }
}
