package lanewise.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Folds each batch norm, residual sum and ReLU into the operation before it, where nobody else reads what lies between.
 * A fused operation defines the value of the last one it took in; the values between are gone.
 */
final class Fusion {
    private final Graph graph;
    private final int[] readers;
    private final List<Op> fused = new ArrayList<>();

    private Fusion(Graph graph, Set<Integer> kept) {
        this.graph = graph;
        readers = new int[graph.values()];
        readers[graph.output()]++;
        for (Op op : graph.ops()) {
            readers[op.input()]++;
            op.other().ifPresent(other -> readers[other]++);
        }
        kept.forEach(value -> readers[value]++);
    }

    /** The same computation in fewer operations; values in {@code kept} stay. */
    static Graph fuse(Graph graph, Set<Integer> kept) {
        Fusion fusion = new Fusion(graph, kept);
        graph.ops().forEach(fusion::take);
        return new Graph(List.copyOf(fusion.fused), graph.output(), graph.values(), graph.names());
    }

    private void take(Op op) {
        if (!fused.isEmpty() && fused.getLast().value() == op.input() && readers[op.input()] == 1) {
            Optional<Op> joined = join(fused.getLast(), op);
            if (joined.isPresent()) {
                fused.set(fused.size() - 1, joined.get());
                return;
            }
        }
        fused.add(op);
    }

    private static Optional<Op> join(Op first, Op second) {
        if (first instanceof Op.Conv conv && !conv.relu()) {
            return switch (second) {
                case Op.BatchNorm norm when folds(norm, conv) -> Optional.of(
                        new Op.Conv(conv.input(), norm.value(), conv.layer(), Optional.of(norm.layer()), conv.other(),
                                false));
                case Op.Add add when conv.other().isEmpty() -> Optional.of(
                        new Op.Conv(conv.input(), add.value(), conv.layer(), conv.norm(), add.other(), add.relu()));
                case Op.Relu relu -> Optional.of(
                        new Op.Conv(conv.input(), relu.value(), conv.layer(), conv.norm(), conv.other(), true));
                default -> Optional.empty();
            };
        }
        if (first instanceof Op.Add add && !add.relu() && second instanceof Op.Relu relu) {
            return Optional.of(new Op.Add(add.input(), relu.value(), add.layer(), add.other(), true));
        }
        return Optional.empty();
    }

    /** A norm of other channels stays, so that its misfit is found when shapes are resolved. */
    private static boolean folds(Op.BatchNorm norm, Op.Conv conv) {
        return conv.norm().isEmpty() && conv.other().isEmpty() && norm.layer().channels() == conv.layer().outChannels();
    }
}
