package lanewise.kernel;

import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * The forms in which Winograd's minimal filters compute a convolution: along time for 3×1×1 kernels, in both directions of
 * a frame for t×3×3 kernels. The taps that a form does not transform are summed like channels.
 */
public enum Winograd {
    /** F(2,3): 2 outputs along time from 4 products instead of 6. */
    TIME2(MinimalFilter.F23, false),
    /** F(4,3): 4 outputs along time from 6 products instead of 12. */
    TIME4(MinimalFilter.F43, false),
    /** F(2×2,3×3): 4 outputs from 16 products instead of 36. */
    SPACE2(MinimalFilter.F23, true),
    /** F(4×4,3×3): 16 outputs from 36 products instead of 144. */
    SPACE4(MinimalFilter.F43, true);

    private final MinimalFilter filter;
    private final boolean spatial;

    Winograd(MinimalFilter filter, boolean spatial) {
        this.filter = filter;
        this.spatial = spatial;
    }

    MinimalFilter filter() {
        return filter;
    }

    /** Whether tiles lie in a frame, or along time. */
    public boolean spatial() {
        return spatial;
    }

    /** Products that a tile takes for each input channel. */
    public int elements() {
        return spatial ? filter.inputs() * filter.inputs() : filter.inputs();
    }

    /** Taps of a filter that are transformed. */
    int filterTaps() {
        return spatial ? MinimalFilter.TAPS * MinimalFilter.TAPS : MinimalFilter.TAPS;
    }

    /** Taps of a kernel that are summed like channels. */
    public int taps(Dims kernel) {
        return spatial ? kernel.t() : 1;
    }

    /** Whether a convolution has this form: one group, steps of one along the axes of the form. */
    public boolean fits(ConvGeometry g) {
        Dims kernel = g.kernel();
        if (g.groups() != 1) {
            return false;
        }
        if (spatial) {
            return kernel.h() == MinimalFilter.TAPS && kernel.w() == MinimalFilter.TAPS && g.stride().h() == 1
                    && g.stride().w() == 1 && g.dilation().h() == 1 && g.dilation().w() == 1;
        }
        return kernel.equals(new Dims(MinimalFilter.TAPS, 1, 1)) && g.stride().equals(Dims.ONE) && g.dilation().t() == 1
                && g.padding().h() == 0 && g.padding().w() == 0;
    }

    /** Tiles in a batch of outputs. */
    public int tiles(Shape out) {
        int m = filter.outputs();
        return spatial ? out.n() * out.t() * Math.ceilDiv(out.h(), m) * Math.ceilDiv(out.w(), m)
                : out.n() * Math.ceilDiv(out.t(), m) * out.h() * out.w();
    }
}
