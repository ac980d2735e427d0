package lanewise.kernel;

import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * One convolution to try. Its extents are counted here from the definition, without {@link ConvGeometry}.
 *
 * @param threads what a kernel is told about who shares its work
 */
record ConvCase(Shape in, int outputs, Dims kernel, Dims stride, Dims padding, Dims dilation, int groups, boolean bias,
        boolean relu, boolean residual, int threads) {
    /** Stride, dilation and groups 1, no padding, with bias, run by one thread. */
    static ConvCase plain(Shape in, int outputs, Dims kernel) {
        return new ConvCase(in, outputs, kernel, Dims.ONE, Dims.ZERO, Dims.ONE, 1, true, false, false, 1);
    }

    ConvCase stride(int t, int h, int w) {
        return new ConvCase(in, outputs, kernel, new Dims(t, h, w), padding, dilation, groups, bias, relu, residual, threads);
    }

    ConvCase padding(int t, int h, int w) {
        return new ConvCase(in, outputs, kernel, stride, new Dims(t, h, w), dilation, groups, bias, relu, residual, threads);
    }

    ConvCase dilation(int t, int h, int w) {
        return new ConvCase(in, outputs, kernel, stride, padding, new Dims(t, h, w), groups, bias, relu, residual, threads);
    }

    ConvCase groups(int count) {
        return new ConvCase(in, outputs, kernel, stride, padding, dilation, count, bias, relu, residual, threads);
    }

    ConvCase epilogue(boolean withBias, boolean withRelu, boolean withResidual) {
        return new ConvCase(in, outputs, kernel, stride, padding, dilation, groups, withBias, withRelu, withResidual, threads);
    }

    ConvCase threads(int count) {
        return new ConvCase(in, outputs, kernel, stride, padding, dilation, groups, bias, relu, residual, count);
    }

    /** Whether the kernel fits the padded input along each axis and the groups divide the channels. */
    boolean isValid() {
        return extent(in.t(), kernel.t(), stride.t(), padding.t(), dilation.t()) > 0
                && extent(in.h(), kernel.h(), stride.h(), padding.h(), dilation.h()) > 0
                && extent(in.w(), kernel.w(), stride.w(), padding.w(), dilation.w()) > 0
                && in.c() % groups == 0 && outputs % groups == 0;
    }

    Shape out() {
        return new Shape(in.n(), outputs, extent(in.t(), kernel.t(), stride.t(), padding.t(), dilation.t()),
                extent(in.h(), kernel.h(), stride.h(), padding.h(), dilation.h()),
                extent(in.w(), kernel.w(), stride.w(), padding.w(), dilation.w()));
    }

    /** Kernel positions whose last element lies within the padded input. */
    private static int extent(int in, int kernel, int stride, int padding, int dilation) {
        int count = 0;
        for (long begin = -padding; begin + (kernel - 1) * dilation < (long) in + padding; begin += stride) {
            count++;
        }
        return count;
    }

    int depth() {
        return in.c() / groups * kernel.t() * kernel.h() * kernel.w();
    }

    long products() {
        return (long) out().elements() * depth();
    }

    ConvGeometry geometry() {
        return new ConvGeometry(in, outputs, kernel, stride, padding, dilation, groups);
    }
}
