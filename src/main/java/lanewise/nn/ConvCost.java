package lanewise.nn;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import lanewise.kernel.Axis;
import lanewise.kernel.AxisWinograd;
import lanewise.kernel.ConvGeometry;
import lanewise.tensor.Shape;

/**
 * What a convolution costs in cycles of one fused multiply-add on a vector of 16: a panel of 32 pixels and 8 output channels
 * at a time, whatever the machine, so that a network takes the same way everywhere and gives the same bits.
 *
 * <p>The numbers are fitted to single layers of ResNet-18 and R(2+1)D-18 on one core of an AMD EPYC (AVX-512): direct and
 * Winograd, the model is 6 to 12 per cent below the measurement and puts the two in the measured order.
 */
final class ConvCost {
    private static final int PANEL = 32;
    private static final int ROWS = 8;
    /** Multiply-adds of one product of a weight and a pixel panel. */
    private static final int TILE = 16;
    /** Winograd holds a second set of weights, twice as large: a smaller gain is not worth them. */
    private static final double WORTH_WHILE = 0.95;

    private static final double CALL = 60;
    private static final double DIRECT_STORE = 90;
    private static final double DIRECT_PACK = 3;
    private static final double WINOGRAD_STORE = 250;
    private static final double WINOGRAD_PACK = 80;

    private ConvCost() {}

    /** The axis along which Winograd's form is cheapest, if it is worth while. */
    static Optional<Axis> winogradAxis(ConvGeometry geometry) {
        return cheapest(geometry).filter(axis -> winograd(geometry, axis) < WORTH_WHILE * direct(geometry));
    }

    /** The axis along which Winograd's form is cheapest, if there is one at all. */
    static Optional<Axis> cheapest(ConvGeometry geometry) {
        return Arrays.stream(Axis.values()).filter(axis -> AxisWinograd.fits(geometry, axis))
                .min(Comparator.comparingDouble(axis -> winograd(geometry, axis)));
    }

    static double direct(ConvGeometry geometry) {
        double panels = panels(geometry.out().n(), geometry.out().plane());
        double products = products(geometry) * (TILE * (double) geometry.depth() + CALL + DIRECT_STORE);
        return panels * geometry.groups() * (products + DIRECT_PACK * geometry.depth());
    }

    static double winograd(ConvGeometry geometry, Axis axis) {
        Shape out = geometry.out();
        double panels = panels(out.n(), AxisWinograd.tiles(out, axis));
        double depth = geometry.depth() / 3.0;
        double products = products(geometry) * (6 * (TILE * depth + CALL) + WINOGRAD_STORE);
        return panels * (products + WINOGRAD_PACK * depth);
    }

    private static double panels(int samples, int positions) {
        return Math.ceilDiv((long) samples * positions, PANEL);
    }

    /** Weight panels of a group. */
    private static int products(ConvGeometry geometry) {
        return Math.ceilDiv(geometry.groupOutputs(), ROWS);
    }
}
