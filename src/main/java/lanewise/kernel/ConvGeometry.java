package lanewise.kernel;

import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * All numbers of one convolution, checked once: {@code out = floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1}
 * along each axis, as PyTorch defines it.
 *
 * @param in shape of the input
 * @param outChannels output channels, a multiple of {@code groups}
 * @param kernel kernel extents; 1×k×k is spatial, k×1×1 temporal, 1×1×1 pointwise
 * @param stride at least 1 along each axis
 * @param padding zeros before and after the map along each axis
 * @param dilation at least 1 along each axis
 * @param groups groups of channels that do not see each other
 */
public record ConvGeometry(Shape in, int outChannels, Dims kernel, Dims stride, Dims padding, Dims dilation, int groups) {
    public ConvGeometry {
        positive("kernel", kernel);
        positive("stride", stride);
        positive("dilation", dilation);
        if (groups < 1 || outChannels < 1 || outChannels % groups != 0 || in.c() % groups != 0) {
            throw new IllegalArgumentException(
                    in.c() + " input and " + outChannels + " output channels do not split into " + groups + " groups");
        }
        extent("time", in.t(), kernel.t(), stride.t(), padding.t(), dilation.t());
        extent("height", in.h(), kernel.h(), stride.h(), padding.h(), dilation.h());
        extent("width", in.w(), kernel.w(), stride.w(), padding.w(), dilation.w());
    }

    /** Shape of the output. */
    public Shape out() {
        return new Shape(in.n(), outChannels,
                extent("time", in.t(), kernel.t(), stride.t(), padding.t(), dilation.t()),
                extent("height", in.h(), kernel.h(), stride.h(), padding.h(), dilation.h()),
                extent("width", in.w(), kernel.w(), stride.w(), padding.w(), dilation.w()));
    }

    /** Input channels that one output channel sees. */
    public int groupChannels() {
        return in.c() / groups;
    }

    /** Output channels of one group. */
    public int groupOutputs() {
        return outChannels / groups;
    }

    /** Products summed for one output element. */
    public int depth() {
        return groupChannels() * kernel.volume();
    }

    /** Multiply-adds of the direct algorithm, products with padding counted. */
    public long multiplyAdds() {
        return (long) out().elements() * depth();
    }

    private static void positive(String what, Dims dims) {
        if (dims.t() < 1 || dims.h() < 1 || dims.w() < 1) {
            throw new IllegalArgumentException(what + " " + dims + " must be at least 1 along each axis");
        }
    }

    private static int extent(String axis, int in, int kernel, int stride, int padding, int dilation) {
        long covered = dilation * (kernel - 1L) + 1;
        long free = in + 2L * padding - covered;
        if (free < 0) {
            throw new IllegalArgumentException("kernel covers " + covered + " along " + axis + ", the padded input has only "
                    + (in + 2L * padding) + "; use a larger input");
        }
        return Math.toIntExact(free / stride + 1);
    }
}
