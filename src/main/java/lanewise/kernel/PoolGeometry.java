package lanewise.kernel;

import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * All numbers of one max pooling, with PyTorch's rule that padding is at most half the kernel, so that no window lies
 * wholly in padding.
 */
public record PoolGeometry(Shape in, Dims kernel, Dims stride, Dims padding) {
    public PoolGeometry {
        if (padding.t() > kernel.t() / 2 || padding.h() > kernel.h() / 2 || padding.w() > kernel.w() / 2) {
            throw new IllegalArgumentException("padding " + padding + " is more than half of pooling kernel " + kernel);
        }
        if (in.plane() == 0) {
            throw new IllegalArgumentException("the maximum over an empty map is not defined: " + in);
        }
        // A pooling window slides as a convolution's kernel does; this checks that it fits.
        new ConvGeometry(in.withChannels(1), 1, kernel, stride, padding, Dims.ONE, 1);
    }

    public Shape out() {
        return new ConvGeometry(in.withChannels(1), 1, kernel, stride, padding, Dims.ONE, 1).out().withChannels(in.c());
    }
}
