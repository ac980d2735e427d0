package lanewise.nn;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import lanewise.kernel.ConvGeometry;
import lanewise.kernel.ConvWeights;
import lanewise.kernel.PlaneConv;
import lanewise.kernel.Tile;
import lanewise.kernel.Winograd;
import lanewise.kernel.WinogradWeights;
import lanewise.tensor.Shape;

/**
 * What a convolution costs in each form, in cycles of a core that does two fused multiply-adds on vectors of 16 a cycle, on
 * panels of 8 output channels, whatever the machine and the number of threads, so that a network takes the same way
 * everywhere and gives the same bits.
 *
 * <p>The numbers are fitted to single layers of ResNet-18 and -50, ResNeXt-50 and R(2+1)D-18 on one core with AVX-512: a product of
 * panels comes within 5 to 15 per cent of the multiply-add peak; transforms cost what
 * {@link lanewise.kernel.WinogradConv} was seen to take for a tile and a channel; weights that are read once a run come at
 * the speed of the third-level cache. Of the forms measured for each layer there, of ResNet-34 too, the choice was the fastest
 * everywhere, so nothing is left for a tuner that measures.
 */
final class ConvCost {
    private static final int LANES = 16;
    private static final int PANEL = 2 * LANES;
    private static final int ROWS = 8;
    /** Panel sizes of the scalar kernels, which care about none. */
    static final int SCALAR_ROWS = 1;
    /** Cycles around one product of panels: the call, and storing its sums. */
    private static final double CALL = 60;
    private static final double STORE = 90;
    /** Cycles to gather 32 pixels of one product for the direct form, where neighbours lie side by side and elsewhere. */
    private static final double GATHER = 8.5;
    private static final double GATHER_STRIDED = 50;
    /** Cycles to find out where 32 pixels lie, for each tap. */
    private static final double TAP = 150;
    /** Cycles to transform a vector of tiles of one channel, for each element of the tile, in and out. */
    private static final double TRANSFORM_SPACE = 17;
    private static final double TRANSFORM_TIME = 12;
    /** Cycles that a cache line of weights takes beyond what hides behind arithmetic. */
    private static final double LINE_OF_WEIGHTS = 0.5;
    /** With more input channels the planes of a row leave the first-level cache. */
    private static final int MOST_PLANE_CHANNELS = 32;
    /** The loads of planes straddle cache lines: what a product of 8 or 4 channels with 32 positions costs. */
    private static final double PLANE_PRODUCT_8 = 9.75;
    private static final double PLANE_PRODUCT_4 = 6.5;
    private static final double PLANE_STORE_ROW = 25;
    /** Cycles to copy a vector of inputs to planes, where neighbours lie side by side and elsewhere. */
    private static final double PLANE_COPY = 14;
    private static final double PLANE_COPY_STRIDED = 20;
    /** Weights that a form may take beyond direct ones where memory is to be small: 1 MiB of float32. */
    private static final double SMALL = 1 << 18;

    private final ConvGeometry geometry;
    private final boolean vectors;

    private ConvCost(ConvGeometry geometry, boolean vectors) {
        this.geometry = geometry;
        this.vectors = vectors;
    }

    /** The forms that a layer has and the options allow, the one to take first, the others by their costs. */
    static List<Candidate> candidates(ConvGeometry geometry, Options options) {
        ConvCost cost = new ConvCost(geometry, options.vectors());
        List<Candidate> winograd = Stream.of(ConvForm.values())
                .filter(form -> form.winograd().filter(one -> one.fits(geometry)).isPresent())
                .filter(allowed(options.algorithm())).filter(form -> affords(form, geometry, options))
                .map(cost::winograd).toList();
        boolean forced = options.algorithm() != Algorithm.AUTO && !winograd.isEmpty();
        return Stream.concat(winograd.stream(), forced ? Stream.empty() : cost.byDefinition())
                .sorted(Comparator.comparingDouble(candidate -> candidate.cost().cycles())).toList();
    }

    private static Predicate<ConvForm> allowed(Algorithm algorithm) {
        return switch (algorithm) {
            case AUTO -> _ -> true;
            case DIRECT -> _ -> false;
            case WINOGRAD2 -> form -> form == ConvForm.TIME2 || form == ConvForm.SPACE2;
            case WINOGRAD4 -> form -> form == ConvForm.TIME4 || form == ConvForm.SPACE4;
        };
    }

    /** By the weights alone, without what fills panels, so that all machines choose the same. */
    private static boolean affords(ConvForm form, ConvGeometry geometry, Options options) {
        Winograd winograd = form.winograd().orElseThrow();
        double more = (double) winograd.elements() * winograd.taps(geometry.kernel()) - geometry.kernel().volume();
        return options.memory() == Memory.FAST || options.algorithm() != Algorithm.AUTO
                || more * geometry.in().c() * geometry.outChannels() <= SMALL;
    }

    private Stream<Candidate> byDefinition() {
        boolean planes = geometry.groupChannels() <= MOST_PLANE_CHANNELS && PlaneConv.fits(geometry);
        return Stream.concat(Stream.of(direct()), planes ? Stream.of(planes()) : Stream.empty());
    }

    private Candidate direct() {
        double panels = Math.ceilDiv((long) geometry.out().n() * geometry.out().plane(), PANEL);
        double products = panels * geometry.groups() * Math.ceilDiv(geometry.groupOutputs(), ROWS);
        double gather = geometry.stride().w() == 1 ? GATHER : GATHER_STRIDED;
        double gathers = panels * geometry.groups() * geometry.kernel().volume() * (TAP + gather * geometry.groupChannels());
        return candidate(ConvForm.DIRECT, products * (ROWS * geometry.depth() + CALL + STORE), gathers,
                (double) geometry.depth() * geometry.outChannels());
    }

    private Candidate planes() {
        Shape out = geometry.out();
        int pitch = Math.ceilDiv(geometry.in().w() + geometry.padding().w(), geometry.stride().w());
        double panels = (double) out.n() * out.t() * Math.ceilDiv((long) (out.h() - 1) * pitch + out.w(), PANEL);
        int rows = geometry.groupOutputs() <= ROWS / 2 ? ROWS / 2 : ROWS;
        double product = rows == ROWS ? PLANE_PRODUCT_8 : PLANE_PRODUCT_4;
        double products = panels * geometry.groups() * Math.ceilDiv(geometry.groupOutputs(), rows);
        double copies = (double) geometry.in().elements() / LANES * geometry.kernel().t()
                * (geometry.stride().w() == 1 ? PLANE_COPY : PLANE_COPY_STRIDED);
        return candidate(ConvForm.PLANES, products * (product * geometry.depth() + rows * PLANE_STORE_ROW), copies,
                (double) geometry.depth() * geometry.outChannels());
    }

    private Candidate winograd(ConvForm form) {
        Winograd winograd = form.winograd().orElseThrow();
        double vectors = Math.ceilDiv(winograd.tiles(geometry.out()), LANES);
        double depth = (double) geometry.in().c() * winograd.taps(geometry.kernel());
        double products = Math.ceilDiv(geometry.outChannels(), ROWS);
        double multiply = vectors * winograd.elements() * products * (ROWS / 2.0 * depth + CALL / 2);
        double transform = vectors * winograd.elements() * (depth + products * ROWS)
                * (winograd.spatial() ? TRANSFORM_SPACE : TRANSFORM_TIME) / 2;
        return candidate(form, multiply, transform, winograd.elements() * depth * geometry.outChannels());
    }

    private Candidate candidate(ConvForm form, double arithmetic, double transforms, double weights) {
        return new Candidate(form, new Cost(arithmetic, transforms, weights / LANES * LINE_OF_WEIGHTS), weightBytes(form));
    }

    /** Bytes of packed weights. */
    private long weightBytes(ConvForm form) {
        int rows = rows(form, geometry, vectors);
        Optional<Winograd> winograd = form.winograd();
        return winograd.isPresent()
                ? WinogradWeights.bytes(geometry.outChannels(), geometry.in().c(), geometry.kernel(), winograd.get(), rows)
                : ConvWeights.bytes(geometry.outChannels(), geometry.groupChannels(), geometry.kernel(), geometry.groups(), rows);
    }

    /** What the register tile multiplies on this machine. */
    static Explanation.Panels panels(ConvForm form, ConvGeometry geometry, boolean vectors) {
        int rows = rows(form, geometry, vectors);
        int weights = geometry.groups() * Math.ceilDiv(geometry.groupOutputs(), rows);
        int width = vectors ? Tile.pixels() : SCALAR_ROWS;
        Shape out = geometry.out();
        int positions = form.winograd().map(winograd -> winograd.tiles(out)).orElse(out.n() * out.plane());
        return new Explanation.Panels(weights, Math.ceilDiv(positions, width), form.winograd().map(Winograd::elements).orElse(1));
    }

    /** Output channels of a panel of weights on this machine. */
    static int rows(ConvForm form, ConvGeometry geometry, boolean vectors) {
        if (!vectors) {
            return SCALAR_ROWS;
        }
        return form == ConvForm.PLANES ? PlaneConv.rows(geometry) : Tile.preferred().rows();
    }
}
