package lanewise.nn;

import java.util.List;
import java.util.Optional;
import lanewise.tensor.Dims;
import lanewise.weights.WeightTensor;

/**
 * One layer of a network: what is computed, not how. Immutable and shareable; weights stay in their file until a plan
 * packs them.
 *
 * <p>{@code path} is the layer's name in the checkpoint ({@code layer1.0.conv1}), empty for layers that have none; by it
 * errors name a layer and callers ask for its output.
 */
public sealed interface Layer {
    String path();

    /**
     * A convolution over N C T H W with zero padding; {@code out = sum over k of w * x + bias}.
     *
     * @param weight O I T H W, O I H W or for a pointwise one O I, {@code I} the channels of one group
     * @param bias one per output channel
     */
    record Conv(String path, WeightTensor weight, Optional<WeightTensor> bias, Dims kernel, Dims stride, Dims padding,
            Dims dilation, int groups) implements Layer {
        public Conv {
            List<Integer> dims = weight.dims();
            boolean fits = switch (dims.size()) {
                case 2 -> kernel.equals(Dims.ONE);
                case 4 -> kernel.equals(new Dims(1, dims.get(2), dims.get(3)));
                case 5 -> kernel.equals(new Dims(dims.get(2), dims.get(3), dims.get(4)));
                default -> false;
            };
            require(fits, path, weight, "kernel " + kernel);
            bias.ifPresent(values -> require(values.dims().equals(List.of(dims.getFirst())), path, values, "weight " + dims));
        }

        public int outChannels() {
            return weight.dims().getFirst();
        }

        public int inChannels() {
            return weight.dims().get(1) * groups;
        }
    }

    /** {@code (x - mean) / sqrt(variance + epsilon) * weight + bias}, channel by channel. */
    record BatchNorm(String path, WeightTensor weight, WeightTensor bias, WeightTensor mean, WeightTensor variance,
            double epsilon) implements Layer {
        public BatchNorm {
            require(weight.dims().size() == 1, path, weight, "one axis");
            for (WeightTensor other : List.of(bias, mean, variance)) {
                require(other.dims().equals(weight.dims()), path, other, "weight " + weight.dims());
            }
        }

        public int channels() {
            return weight.dims().getFirst();
        }
    }

    /** {@code max(x, 0)}; NaN passes. */
    record Relu(String path) implements Layer {}

    /** The largest element of each window; padding never wins. */
    record MaxPool(String path, Dims kernel, Dims stride, Dims padding) implements Layer {}

    /**
     * The mean of each window over what it covers of the map; no padding.
     *
     * @param ceil whether a last window that reaches beyond the map counts
     */
    record AvgPool(String path, Dims kernel, Dims stride, boolean ceil) implements Layer {}

    /** The mean of each channel over time, height and width: N C T H W to N C. */
    record GlobalAvgPool(String path) implements Layer {}

    /** {@code weight x + bias} over N C. */
    record Linear(String path, WeightTensor weight, WeightTensor bias) implements Layer {
        public Linear {
            require(weight.dims().size() == 2, path, weight, "two axes");
            require(bias.dims().equals(List.of(weight.dims().getFirst())), path, bias, "weight " + weight.dims());
        }

        public int in() {
            return weight.dims().get(1);
        }

        public int out() {
            return weight.dims().getFirst();
        }
    }

    /** Probabilities from logits, over the channels of each position. */
    record Softmax(String path) implements Layer {}

    /** Every stride-th pixel with zero channels before and behind: the short-cut without weights. */
    record ShortcutA(String path, Dims stride, int before, int behind) implements Layer {}

    /** One layer after the other; without layers, the identity. */
    record Sequential(String path, List<Layer> layers) implements Layer {
        public Sequential {
            layers = List.copyOf(layers);
        }
    }

    /** {@code x * sigmoid(gate(x))}, where {@code gate} gives N C: one factor for each channel. */
    record Gated(String path, Layer gate) implements Layer {}

    /** {@code body(x) + shortcut(x)}. */
    record Residual(String path, Layer body, Layer shortcut) implements Layer {}

    private static void require(boolean fits, String path, WeightTensor tensor, String wanted) {
        if (!fits) {
            throw new IllegalArgumentException(path + ": " + tensor.name() + " " + tensor.dims() + " does not fit " + wanted);
        }
    }
}
