package lanewise.model;

import static lanewise.nn.Layers.batchNorm;
import static lanewise.nn.Layers.conv2d;
import static lanewise.nn.Layers.globalAvgPool;
import static lanewise.nn.Layers.identity;
import static lanewise.nn.Layers.linear;
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
 * ResNet for CIFAR-10 pictures of 32×32 (He et al. 2015, section 4.2), with the keys of akamaster's
 * pytorch_resnet_cifar10: a 3×3 stem, three stages, short-cuts without weights (option A).
 *
 * @param blocks residual blocks of each stage; the depth is {@code 2 * sum + 2}
 * @param widths channels of each stage, 16, 32 and 64 in the paper
 * @param classes rows of the classifier, 0 for features only
 */
public record CifarResNet(String name, List<Integer> blocks, List<Integer> widths, int classes, double epsilon)
        implements Architecture {
    public CifarResNet {
        blocks = List.copyOf(blocks);
        widths = List.copyOf(widths);
    }

    /** The paper's net of {@code 6 n + 2} layers. */
    static CifarResNet ofDepth(int depth) {
        int n = (depth - 2) / 6;
        return new CifarResNet("cifar_resnet" + depth, List.of(n, n, n), List.of(16, 32, 64), 10, 1e-5);
    }

    @Override
    public Network declare(Weights w) {
        List<Layer> layers = new ArrayList<>(List.of(
                conv2d(w.at("conv1"), 3, widths.getFirst(), 3, 1, 1, 1, 1),
                batchNorm(w.at("bn1"), widths.getFirst(), epsilon), relu()));
        int in = widths.getFirst();
        for (int s = 0; s < blocks.size(); s++) {
            layers.add(stage(w.at("layer" + (s + 1)), in, widths.get(s), blocks.get(s), s == 0 ? 1 : 2));
            in = widths.get(s);
        }
        layers.add(globalAvgPool());
        if (classes > 0) {
            layers.add(linear(w.at("linear"), in, classes));
        }
        return new Network(name, 3, seq("", layers));
    }

    private Layer stage(Weights w, int in, int out, int count, int stride) {
        List<Layer> layers = new ArrayList<>(List.of(block(w.at("0"), in, out, stride)));
        for (int b = 1; b < count; b++) {
            layers.add(block(w.at(Integer.toString(b)), out, out, 1));
        }
        return seq(w.path(), layers);
    }

    private Layer block(Weights w, int in, int out, int stride) {
        return seq(w.path(),
                residual(
                        seq(conv2d(w.at("conv1"), in, out, 3, stride, 1, 1, 1), batchNorm(w.at("bn1"), out, epsilon), relu(),
                            conv2d(w.at("conv2"), out, out, 3, 1, 1, 1, 1), batchNorm(w.at("bn2"), out, epsilon)),
                        shortcutA(in, out, stride)),
                relu());
    }

    private static Layer shortcutA(int in, int out, int stride) {
        int before = (out - in) / 2;
        return stride == 1 && in == out ? identity()
                : new Layer.ShortcutA("", Dims.spatial(stride), before, out - in - before);
    }

    @Override
    public Preprocessing preprocessing() {
        return Preprocessing.CIFAR;
    }

    @Override
    public CifarResNet with(String option, String value) {
        if (!option.equals("epsilon")) {
            throw OptionText.unknown(option, name, "epsilon");
        }
        return new CifarResNet(name, blocks, widths, classes, OptionText.epsilon(value));
    }

    static CifarResNet read(Weights w) {
        List<Integer> blocks = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        for (int s = 1; s <= 3; s++) {
            blocks.add(Extents.blocks(w.at("layer" + s)));
            // A short-cut without weights adds channels and cannot drop any: narrower stages must misfit.
            int least = widths.isEmpty() ? 1 : widths.getLast();
            widths.add(Math.max(least, Extents.outputs(w, "layer" + s + ".0.conv1.weight")));
        }
        int depth = 2 * blocks.stream().mapToInt(Integer::intValue).sum() + 2;
        return new CifarResNet("cifar_resnet" + depth, blocks, widths, Extents.classes(w, "linear.weight"), 1e-5);
    }
}
