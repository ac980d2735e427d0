package lanewise.nn;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import lanewise.kernel.ConvGeometry;
import lanewise.kernel.Winograd;

/**
 * What a convolution costs in cycles of one fused multiply-add on a vector of 16, on panels of 8 output channels, whatever
 * the machine, so that a network takes the same way everywhere and gives the same bits.
 *
 * <p>The numbers are fitted to single layers of ResNet-18 and R(2+1)D-18 on one core with AVX-512: a product of panels comes
 * within 5 to 15 per cent of the multiply-add peak; transforms cost what {@link lanewise.kernel.WinogradConv} was seen to
 * take for a tile and a channel; weights that are read once a run come at the speed of the third-level cache.
 */
final class ConvCost {
    private static final int LANES = 16;
    private static final int ROWS = 8;
    /** Cycles around one product of panels: the call, and storing its sums. */
    private static final double CALL = 60;
    private static final double STORE = 90;
    /** Cycles to gather one vector of one product for the direct form. */
    private static final double GATHER = 1.5;
    /** Cycles to transform a vector of tiles of one channel, for each element of the tile, in and out. */
    private static final double TRANSFORM_SPACE = 17;
    private static final double TRANSFORM_TIME = 12;
    /** Cycles that a cache line of weights takes beyond what hides behind arithmetic. */
    private static final double LINE_OF_WEIGHTS = 0.5;

    private ConvCost() {}

    /** The form for a layer, or none for the direct algorithm. */
    static Optional<Winograd> form(ConvGeometry geometry, Algorithm algorithm) {
        return switch (algorithm) {
            case DIRECT -> Optional.empty();
            case WINOGRAD2 -> first(geometry, Winograd.SPACE2, Winograd.TIME2);
            case WINOGRAD4 -> first(geometry, Winograd.SPACE4, Winograd.TIME4);
            case AUTO -> Arrays.stream(Winograd.values()).filter(form -> form.fits(geometry))
                    .min(Comparator.comparingDouble(form -> winograd(geometry, form)))
                    .filter(form -> winograd(geometry, form) < direct(geometry));
        };
    }

    private static Optional<Winograd> first(ConvGeometry geometry, Winograd... forms) {
        return Arrays.stream(forms).filter(form -> form.fits(geometry)).findFirst();
    }

    /** Cycles by the definition. */
    static double direct(ConvGeometry geometry) {
        double vectors = 2.0 * Math.ceilDiv((long) geometry.out().n() * geometry.out().plane(), 2 * LANES);
        double products = (double) geometry.groups() * Math.ceilDiv(geometry.groupOutputs(), ROWS);
        double multiply = vectors * products * (ROWS / 2.0 * geometry.depth() + (CALL + STORE) / 2);
        double gather = vectors * geometry.groups() * geometry.depth() * GATHER;
        return multiply + gather + weights(geometry.depth() * (double) geometry.outChannels());
    }

    /** Cycles by a form that fits. */
    static double winograd(ConvGeometry geometry, Winograd form) {
        double vectors = Math.ceilDiv(form.tiles(geometry.out()), LANES);
        double depth = (double) geometry.in().c() * form.taps(geometry.kernel());
        double products = Math.ceilDiv(geometry.outChannels(), ROWS);
        double multiply = vectors * form.elements() * products * (ROWS / 2.0 * depth + CALL / 2);
        double transform = vectors * form.elements() * (depth + products * ROWS)
                * (form.spatial() ? TRANSFORM_SPACE : TRANSFORM_TIME) / 2;
        return multiply + transform + weights(form.elements() * depth * geometry.outChannels());
    }

    private static double weights(double floats) {
        return floats / LANES * LINE_OF_WEIGHTS;
    }
}
