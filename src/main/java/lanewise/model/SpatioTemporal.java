package lanewise.model;

import static lanewise.nn.Layers.batchNorm;
import static lanewise.nn.Layers.conv3dWithBias;
import static lanewise.nn.Layers.identity;
import static lanewise.nn.Layers.relu;
import static lanewise.nn.Layers.residual;
import static lanewise.nn.Layers.seq;

import java.util.ArrayList;
import java.util.List;
import lanewise.nn.Layer;
import lanewise.tensor.Dims;
import lanewise.weights.Weights;

/**
 * The building blocks of R(2+1)D as irhum/R2Plus1D-PyTorch has them (its keys): a t×d×d convolution factored into a
 * spatial and a temporal one, with a non-linearity between (Tran et al. 2018, section 3.5).
 */
public final class SpatioTemporal {
    private SpatioTemporal() {}

    /**
     * Channels between the two factors, chosen so that both together have as many weights as the full convolution:
     * {@code M = floor(t h w in out / (h w in + t out))}.
     *
     * @param kernel t×h×w of the full convolution
     */
    public static int mid(Dims kernel, int in, int out) {
        long full = (long) kernel.volume() * in * out;
        return Math.toIntExact(full / ((long) kernel.h() * kernel.w() * in + (long) kernel.t() * out));
    }

    /** {@code SpatioTemporalConv} with one number for each of kernel, stride and padding. */
    public static Layer conv(Weights w, int in, int out, int kernel, int stride, int padding, double epsilon) {
        return conv(w, in, out, Dims.cube(kernel), Dims.cube(stride), Dims.cube(padding), epsilon);
    }

    /**
     * {@code SpatioTemporalConv}: 1×h×w to {@link #mid} channels, batch norm, ReLU, t×1×1, each with bias. Stride and
     * padding split like the kernel, so none is applied twice.
     */
    public static Layer conv(Weights w, int in, int out, Dims kernel, Dims stride, Dims padding, double epsilon) {
        int mid = mid(kernel, in, out);
        return seq(w.path(),
                conv3dWithBias(w.at("spatial_conv"), in, mid, new Dims(1, kernel.h(), kernel.w()),
                        new Dims(1, stride.h(), stride.w()), new Dims(0, padding.h(), padding.w())),
                batchNorm(w.at("bn"), mid, epsilon), relu(),
                conv3dWithBias(w.at("temporal_conv"), mid, out, new Dims(kernel.t(), 1, 1), new Dims(stride.t(), 1, 1),
                        new Dims(padding.t(), 0, 0)));
    }

    /** {@code SpatioTemporalResBlock}: two factored convolutions and, where it down-samples, a factored 1×1×1 short-cut. */
    public static Layer resBlock(Weights w, int in, int out, int kernel, boolean downsample, double epsilon) {
        int padding = kernel / 2;
        return seq(w.path(),
                residual(
                        seq(conv(w.at("conv1"), in, out, kernel, downsample ? 2 : 1, padding, epsilon), batchNorm(w.at("bn1"), out, epsilon), relu(),
                            conv(w.at("conv2"), out, out, kernel, 1, padding, epsilon), batchNorm(w.at("bn2"), out, epsilon)),
                        downsample
                                ? seq(conv(w.at("downsampleconv"), in, out, 1, 2, 0, epsilon), batchNorm(w.at("downsamplebn"), out, epsilon))
                                : identity()),
                relu());
    }

    /** {@code SpatioTemporalResLayer}: {@code block1}, which may down-sample, then {@code blocks.0}, {@code blocks.1}, … */
    public static Layer resLayer(Weights w, int in, int out, int kernel, int count, boolean downsample, double epsilon) {
        List<Layer> blocks = new ArrayList<>(List.of(resBlock(w.at("block1"), in, out, kernel, downsample, epsilon)));
        for (int b = 0; b < count - 1; b++) {
            blocks.add(resBlock(w.at("blocks." + b), out, out, kernel, false, epsilon));
        }
        return seq(w.path(), blocks);
    }
}
