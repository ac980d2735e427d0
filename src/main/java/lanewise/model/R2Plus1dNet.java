package lanewise.model;

import static lanewise.model.SpatioTemporal.resLayer;
import static lanewise.nn.Layers.globalAvgPool;
import static lanewise.nn.Layers.linear;
import static lanewise.nn.Layers.seq;

import java.util.ArrayList;
import java.util.List;
import lanewise.nn.Layer;
import lanewise.nn.Network;
import lanewise.tensor.Dims;
import lanewise.weights.Weights;

/**
 * R(2+1)D as irhum/R2Plus1D-PyTorch builds it: five stages, every convolution factored and with bias, a stem that neither
 * batch norm nor ReLU nor pooling follows.
 *
 * @param scope where the keys of all but the classifier are: {@code res2plus1d} in an {@code R2Plus1DClassifier}, empty in
 *        a bare {@code R2Plus1DNet}
 * @param layers residual blocks of stages 2 to 5
 * @param classes rows of the classifier, 0 for features only
 */
public record R2Plus1dNet(String name, String scope, List<Integer> layers, int classes, double epsilon)
        implements Architecture {
    private static final String CLASSIFIER_SCOPE = "res2plus1d";

    public R2Plus1dNet {
        layers = List.copyOf(layers);
    }

    /** With the scope that goes with a classifier, or with none. */
    public R2Plus1dNet(String name, List<Integer> layers, int classes, double epsilon) {
        this(name, classes > 0 ? CLASSIFIER_SCOPE : "", layers, classes, epsilon);
    }

    @Override
    public Network declare(Weights w) {
        Weights net = scope.isEmpty() ? w : w.at(scope);
        List<Layer> stages = new ArrayList<>(List.of(
                SpatioTemporal.conv(net.at("conv1"), 3, 64, new Dims(3, 7, 7), new Dims(1, 2, 2), new Dims(1, 3, 3), epsilon),
                resLayer(net.at("conv2"), 64, 64, 3, layers.get(0), false, epsilon),
                resLayer(net.at("conv3"), 64, 128, 3, layers.get(1), true, epsilon),
                resLayer(net.at("conv4"), 128, 256, 3, layers.get(2), true, epsilon),
                resLayer(net.at("conv5"), 256, 512, 3, layers.get(3), true, epsilon),
                globalAvgPool()));
        if (classes > 0) {
            stages.add(linear(w.at("linear"), 512, classes));
        }
        return new Network(name, 3, seq("", stages));
    }

    /** 8 consecutive frames of 112×112 out of 128×171, {@code (x - 128) / 128} on values of 0 to 255. */
    @Override
    public Preprocessing preprocessing() {
        Rgb half = new Rgb(128f / 255, 128f / 255, 128f / 255);
        return Preprocessing.KINETICS.withMean(half).withStd(half).withFrames(8).withStride(1);
    }

    @Override
    public R2Plus1dNet with(String option, String value) {
        if (!option.equals("epsilon")) {
            throw OptionText.unknown(option, name, "epsilon");
        }
        return new R2Plus1dNet(name, scope, layers, classes, OptionText.epsilon(value));
    }

    static R2Plus1dNet read(Weights w) {
        String scope = w.at(CLASSIFIER_SCOPE).has("conv1.spatial_conv.weight") ? CLASSIFIER_SCOPE : "";
        Weights net = scope.isEmpty() ? w : w.at(scope);
        List<Integer> layers = new ArrayList<>();
        for (int s = 2; s <= 5; s++) {
            layers.add(1 + Extents.blocks(net.at("conv" + s + ".blocks")));
        }
        int depth = 2 * layers.stream().mapToInt(Integer::intValue).sum() + 2;
        return new R2Plus1dNet("r2plus1dnet_" + depth, scope, layers, Extents.classes(w, "linear.weight"), 1e-5);
    }
}
