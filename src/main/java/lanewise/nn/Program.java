package lanewise.nn;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import lanewise.kernel.Kernel;
import lanewise.kernel.VectorPath;
import lanewise.tensor.Shape;
import lanewise.weights.WeightException;

/**
 * A network made ready for any input shape: fused, its weights folded and packed in native memory, so that the checkpoint
 * may be closed. Immutable; shared by all plans of a model, whatever their shapes. The memory belongs to the arena that
 * the caller supplies, which must allow all threads.
 */
public final class Program {
    private final Network network;
    private final Options options;
    private final Graph graph;
    private final List<Packed> packed;
    private final long weightBytes;
    private final List<Integer> kept;

    private Program(Network network, Options options, Graph graph, List<Packed> packed, long weightBytes,
            List<Integer> kept) {
        this.network = network;
        this.options = options;
        this.graph = graph;
        this.packed = packed;
        this.weightBytes = weightBytes;
        this.kept = kept;
    }

    /** An operation with its weights: makes the kernel for a shape. */
    interface Packed {
        Kernel kernel(Shape in, int threads);
    }

    /**
     * Reads and packs all weights of the network.
     *
     * @param input the shape of the inputs that the network is to be fast for: it decides the algorithms. Plans for other
     *        shapes use the same ones, so that a sample has the same bits in any batch
     * @throws ShapeException if the network cannot take that shape, naming the layer
     * @throws WeightException if a tensor cannot be read
     * @throws IllegalStateException if vectors are wanted and this JVM cannot run them at speed
     * @throws IllegalArgumentException if a layer to keep does not exist
     */
    public static Program of(Arena arena, Network network, Shape input, Options options) throws WeightException {
        if (options.vectors()) {
            VectorPath.require();
        }
        Graph plain = Graph.of(network);
        List<Integer> kept = new ArrayList<>();
        for (String path : options.keep()) {
            Integer value = plain.names().get(path);
            if (value == null) {
                throw new IllegalArgumentException(network.name() + " has no layer '" + path + "'; it has "
                        + String.join(", ", network.stages().stream().map(Layer::path).filter(p -> !p.isEmpty()).toList())
                        + " and the layers inside these");
            }
            kept.add(value);
        }
        Set<Integer> keep = new HashSet<>(kept);
        Graph graph = options.fused() ? Fusion.fuse(plain, keep) : plain;
        List<Choice> choices = Choice.all(graph, Shapes.infer(graph, network, input), options);
        return new Program(network, options, graph, Packing.pack(arena, choices, options),
                choices.stream().mapToLong(Choice::weightBytes).sum(), List.copyOf(kept));
    }

    /**
     * A plan for inputs of one shape.
     *
     * @throws ShapeException if the network cannot take that shape, naming the layer
     */
    public Plan plan(Shape input) {
        return Plan.of(this, input);
    }

    public Network network() {
        return network;
    }

    public Options options() {
        return options;
    }

    /** Bytes of packed weights. */
    public long weightBytes() {
        return weightBytes;
    }

    Graph graph() {
        return graph;
    }

    List<Packed> packed() {
        return packed;
    }

    /** Values to keep, in the order of {@link Options#keep()}. */
    List<Integer> kept() {
        return kept;
    }
}
