package lanewise.kernel;

import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * All numbers of one average pooling without padding, with PyTorch's rule for extents:
 * {@code floor((in - kernel) / stride) + 1}, or the ceiling of that quotient, where a window may then reach beyond the map
 * but not begin there. Such a window is the mean of what it covers.
 *
 * @param ceil whether a last window that reaches beyond the map counts
 */
public record AvgPoolGeometry(Shape in, Dims kernel, Dims stride, boolean ceil) {
    public AvgPoolGeometry {
        if (kernel.t() < 1 || kernel.h() < 1 || kernel.w() < 1 || stride.t() < 1 || stride.h() < 1 || stride.w() < 1) {
            throw new IllegalArgumentException("pooling kernel " + kernel + " and stride " + stride + " must be at least 1");
        }
        extent("time", in.t(), kernel.t(), stride.t(), ceil);
        extent("height", in.h(), kernel.h(), stride.h(), ceil);
        extent("width", in.w(), kernel.w(), stride.w(), ceil);
    }

    public Shape out() {
        return new Shape(in.n(), in.c(), extent("time", in.t(), kernel.t(), stride.t(), ceil),
                extent("height", in.h(), kernel.h(), stride.h(), ceil), extent("width", in.w(), kernel.w(), stride.w(), ceil));
    }

    private static int extent(String axis, int in, int kernel, int stride, boolean ceil) {
        long free = (long) in - kernel + (ceil ? stride - 1 : 0);
        if (in < 1 || free < 0) {
            throw new IllegalArgumentException("pooling covers " + kernel + " along " + axis + ", the input has only " + in
                    + "; use a larger input");
        }
        long extent = free / stride + 1;
        boolean beginsBeyond = (extent - 1) * stride >= in;
        return Math.toIntExact(beginsBeyond ? extent - 1 : extent);
    }
}
