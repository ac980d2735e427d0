package lanewise.nn;

import java.util.List;
import java.util.Optional;
import lanewise.tensor.Dims;
import lanewise.weights.Weights;

/** The words in which models are declared: each takes its tensors from a scope of the checkpoint, under PyTorch's names. */
public final class Layers {
    private Layers() {}

    /** A convolution without bias over pictures; {@code weight} is O I H W. */
    public static Layer conv2d(Weights w, int in, int out, int kernel, int stride, int padding, int dilation, int groups) {
        return new Layer.Conv(w.path(), w.take("weight", out, in / groups, kernel, kernel), Optional.empty(),
                Dims.spatial(kernel), Dims.spatial(stride), new Dims(0, padding, padding), Dims.spatial(dilation), groups);
    }

    /** A convolution without bias over clips; {@code weight} is O I T H W. */
    public static Layer conv3d(Weights w, int in, int out, Dims kernel, Dims stride, Dims padding) {
        return new Layer.Conv(w.path(), w.take("weight", out, in, kernel.t(), kernel.h(), kernel.w()), Optional.empty(),
                kernel, stride, padding, Dims.ONE, 1);
    }

    /** A convolution with bias over clips. */
    public static Layer conv3dWithBias(Weights w, int in, int out, Dims kernel, Dims stride, Dims padding) {
        return new Layer.Conv(w.path(), w.take("weight", out, in, kernel.t(), kernel.h(), kernel.w()),
                Optional.of(w.take("bias", out)), kernel, stride, padding, Dims.ONE, 1);
    }

    public static Layer batchNorm(Weights w, int channels, double epsilon) {
        return new Layer.BatchNorm(w.path(), w.take("weight", channels), w.take("bias", channels),
                w.take("running_mean", channels), w.take("running_var", channels), epsilon);
    }

    public static Layer relu() {
        return new Layer.Relu("");
    }

    /** A pooling named {@code path}, with the same padding rule as PyTorch's. */
    public static Layer maxPool(String path, Dims kernel, Dims stride, Dims padding) {
        return new Layer.MaxPool(path, kernel, stride, padding);
    }

    /** A pooling without padding whose last windows may reach beyond the map: PyTorch's {@code ceil_mode}. */
    public static Layer avgPool(String path, Dims kernel, Dims stride, boolean ceil) {
        return new Layer.AvgPool(path, kernel, stride, ceil);
    }

    public static Layer globalAvgPool() {
        return new Layer.GlobalAvgPool("avgpool");
    }

    public static Layer linear(Weights w, int in, int out) {
        return new Layer.Linear(w.path(), w.take("weight", out, in), w.take("bias", out));
    }

    /** A linear layer at each position of a map; {@code weight} is O I. */
    public static Layer pointwise(Weights w, int in, int out) {
        return new Layer.Conv(w.path(), w.take("weight", out, in), Optional.of(w.take("bias", out)),
                Dims.ONE, Dims.ONE, Dims.ZERO, Dims.ONE, 1);
    }

    /** A 1×1 convolution with bias; {@code weight} is O I 1 1. */
    public static Layer pointwise2d(Weights w, int in, int out) {
        return new Layer.Conv(w.path(), w.take("weight", out, in, 1, 1), Optional.of(w.take("bias", out)),
                Dims.ONE, Dims.ONE, Dims.ZERO, Dims.ONE, 1);
    }

    public static Layer identity() {
        return seq();
    }

    public static Layer seq(Layer... layers) {
        return new Layer.Sequential("", List.of(layers));
    }

    /** A sequence whose output has a name: a stage or a block. */
    public static Layer seq(String path, Layer... layers) {
        return new Layer.Sequential(path, List.of(layers));
    }

    public static Layer seq(String path, List<Layer> layers) {
        return new Layer.Sequential(path, layers);
    }

    /** {@code x * sigmoid(gate(x))}, channel by channel. */
    public static Layer gated(Layer gate) {
        return new Layer.Gated("", gate);
    }

    public static Layer residual(Layer body, Layer shortcut) {
        return new Layer.Residual("", body, shortcut);
    }
}
