package lanewise.nn;

import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import lanewise.kernel.Axis;
import lanewise.kernel.AxisWinograd;
import lanewise.kernel.AxisWinogradScalar;
import lanewise.kernel.ConvGeometry;
import lanewise.kernel.ConvWeights;
import lanewise.kernel.DirectConv;
import lanewise.kernel.DirectConvScalar;
import lanewise.kernel.Kernel;
import lanewise.kernel.Tile;
import lanewise.kernel.WinogradWeights;
import lanewise.tensor.Shape;

/** A convolution with its packed weights, and those of Winograd's form once a plan wants them. */
final class PackedConv implements Program.Packed {
    private final Arena arena;
    private final Op.Conv op;
    private final ConvWeights weights;
    private final Options options;
    private final Map<Axis, WinogradWeights> transformed = new EnumMap<>(Axis.class);

    PackedConv(Arena arena, Op.Conv op, ConvWeights weights, Options options) {
        this.arena = arena;
        this.op = op;
        this.weights = weights;
        this.options = options;
    }

    @Override
    public Kernel kernel(Shape in, int threads) {
        ConvGeometry geometry = Shapes.geometry(op.layer(), in);
        return axis(geometry).map(axis -> winograd(geometry, axis, threads)).orElseGet(() -> direct(geometry, threads));
    }

    /** Weights that are not finite need the plain direct form. */
    private Optional<Axis> axis(ConvGeometry geometry) {
        if (!weights.finite()) {
            return Optional.empty();
        }
        return switch (options.algorithm()) {
            case DIRECT -> Optional.empty();
            case AUTO -> ConvCost.winogradAxis(geometry);
            case WINOGRAD -> ConvCost.cheapest(geometry);
        };
    }

    private Kernel direct(ConvGeometry geometry, int threads) {
        return options.vectors() && weights.finite()
                ? new DirectConv(geometry, weights, Tile.preferred(), op.relu(), threads)
                : new DirectConvScalar(geometry, weights, op.relu());
    }

    private Kernel winograd(ConvGeometry geometry, Axis axis, int threads) {
        WinogradWeights form;
        synchronized (transformed) {
            form = transformed.computeIfAbsent(axis, along -> WinogradWeights.transform(arena, weights, geometry, along));
        }
        return options.vectors()
                ? new AxisWinograd(geometry, form, Tile.preferred(), op.relu(), threads)
                : new AxisWinogradScalar(geometry, form, op.relu());
    }

    @Override
    public long bytes() {
        synchronized (transformed) {
            return weights.bytes() + transformed.values().stream().mapToLong(WinogradWeights::bytes).sum();
        }
    }
}
