package lanewise.nn;

import lanewise.kernel.ConvGeometry;
import lanewise.kernel.PlaneConv;
import lanewise.tensor.Shape;

/** When the direct algorithm is faster on padded planes. */
final class PlaneCost {
    private static final int PANEL = 32;
    /** With more input channels the planes of a row leave the first-level cache. */
    private static final int MOST_PLANE_CHANNELS = 32;
    /** What packing a tap of 32 pixels costs the direct form, in multiply-adds of 16 lanes: at all, and for each channel. */
    private static final double PACK_TAP = 300;
    private static final double PACK_CHANNEL = 17;
    /** The same where neighbours do not lie side by side: row by row, element by element at the ends. */
    private static final double PACK_STRIDED_CHANNEL = 200;
    /** The loads of planes straddle cache lines: what a product of 8 or 4 channels with 32 positions costs. */
    private static final double PLANE_PRODUCT_8 = 19.5;
    private static final double PLANE_PRODUCT_4 = 13;
    private static final double PLANE_STORE_ROW = 50;

    private PlaneCost() {}

    /**
     * Whether a layer that takes the direct algorithm is faster on padded planes, which give the same bits: few channels, many
     * taps. The numbers are fitted to single layers of ResNeXt and smaller ones on one core with AVX-512: both forms are
     * within a fifth of the measurement.
     */
    static boolean planes(ConvGeometry geometry) {
        if (geometry.groupChannels() > MOST_PLANE_CHANNELS || !PlaneConv.fits(geometry)) {
            return false;
        }
        int outputs = geometry.groupOutputs();
        double depth = geometry.depth();
        double tap = geometry.stride().w() == 1
                ? PACK_TAP + PACK_CHANNEL * geometry.groupChannels() : PACK_STRIDED_CHANNEL * geometry.groupChannels();
        double direct = Math.ceilDiv(outputs, 8) * (16 * depth + 150) + geometry.kernel().volume() * tap;
        double planes = outputs <= 4 ? PLANE_PRODUCT_4 * depth + 4 * PLANE_STORE_ROW
                : Math.ceilDiv(outputs, 8) * (PLANE_PRODUCT_8 * depth + 8 * PLANE_STORE_ROW);
        Shape out = geometry.out();
        int pitch = Math.ceilDiv(geometry.in().w() + geometry.padding().w(), geometry.stride().w());
        double planePanels = (double) out.n() * out.t() * Math.ceilDiv((out.h() - 1) * pitch + out.w(), PANEL);
        return planes * planePanels < direct * Math.ceilDiv(out.n() * out.plane(), PANEL);
    }
}
