package lanewise.nn;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import lanewise.kernel.Kernel;
import lanewise.kernel.Scratch;
import lanewise.tensor.Shape;
import lanewise.weights.WeightException;

/**
 * How a network runs on inputs of one shape: a kernel for each operation and a place for each value in one slab, all
 * known before anything runs. Immutable and shareable; run it through a {@link Session}.
 */
public final class Plan {
    private final Program program;
    private final Shape[] shapes;
    private final List<Kernel> kernels;
    private final List<Step> steps;
    private final Slab slab;

    private Plan(Program program, Shape[] shapes, List<Kernel> kernels, List<Step> steps, Slab slab) {
        this.program = program;
        this.shapes = shapes;
        this.kernels = kernels;
        this.steps = steps;
        this.slab = slab;
    }

    /**
     * One step of a plan, as it is shown to people.
     *
     * @param path the layer
     * @param algorithm what runs, as {@code DirectConv}
     * @param vectors whether it runs with vectors; softmax and short-cuts that only move data never do
     * @param tasks independent pieces of work, which the threads share
     * @param in shape of the input
     * @param out shape of the output
     * @param multiplyAdds by the direct algorithm's count
     */
    public record Step(String path, String algorithm, boolean vectors, int tasks, Shape in, Shape out, long multiplyAdds) {}

    /** Packs a network and plans it for one input shape in one go; memory belongs to {@code arena}. */
    public static Plan of(Arena arena, Network network, Shape input, Options options) throws WeightException {
        return Program.of(arena, network, input, options).plan(input);
    }

    static Plan of(Program program, Shape input) {
        Graph graph = program.graph();
        Shape[] shapes = Shapes.infer(graph, program.network(), input);
        List<Kernel> kernels = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < graph.ops().size(); i++) {
            Op op = graph.ops().get(i);
            Shape in = shapes[op.input()];
            Kernel kernel = program.packed().get(i).kernel(in, program.options().threads());
            kernels.add(kernel);
            steps.add(new Step(op.layer().path(), kernel.getClass().getSimpleName(), kernel.mode() == Kernel.Mode.VECTOR,
                    kernel.tasks(), in, shapes[op.value()], Shapes.multiplyAdds(op, in)));
        }
        return new Plan(program, shapes, List.copyOf(kernels), List.copyOf(steps), slab(program, shapes));
    }

    private static Slab slab(Program program, Shape[] shapes) {
        Graph graph = program.graph();
        int end = graph.ops().size();
        int[] written = new int[shapes.length];
        int[] read = new int[shapes.length];
        for (int i = 0; i < end; i++) {
            Op op = graph.ops().get(i);
            int step = i;
            written[op.value()] = i;
            read[op.value()] = i;
            read[op.input()] = i;
            op.other().ifPresent(other -> read[other] = step);
        }
        read[graph.output()] = end;
        program.kept().forEach(value -> read[value] = end);
        List<Slab.Life> lives = new ArrayList<>();
        for (int value = 0; value < shapes.length; value++) {
            if (shapes[value] != null) {
                lives.add(new Slab.Life(value, shapes[value].bytes(), written[value], read[value]));
            }
        }
        return Slab.of(lives, shapes.length);
    }

    /**
     * A session on this plan, whose work is shared by {@code workers}.
     *
     * @throws IllegalArgumentException if they are not as many as the plan was made for
     */
    public Session session(Workers workers) {
        if (workers.threads() != program.options().threads()) {
            throw new IllegalArgumentException("the plan is for " + program.options().threads() + " threads, not "
                    + workers.threads());
        }
        return new Session(this, workers, Arena.ofShared());
    }

    public Shape input() {
        return shapes[0];
    }

    public Shape output() {
        return shapes[program.graph().output()];
    }

    public List<Step> steps() {
        return steps;
    }

    /** Whether every step that multiplies runs with vectors; steps on weights that are not finite never do. */
    public boolean vectors() {
        return steps.stream().allMatch(step -> step.vectors() || step.multiplyAdds() == 0);
    }

    /** Multiply-adds of one run by the direct algorithm's count. */
    public long multiplyAdds() {
        return steps.stream().mapToLong(Step::multiplyAdds).sum();
    }

    /** Bytes that one session holds: the slab of activations and the scratch memory of each thread. */
    public long sessionBytes() {
        return slab.bytes() + program.options().threads() * Scratch.held(scratchBytes());
    }

    /** Bytes of packed weights, shared by all plans of the program. */
    public long weightBytes() {
        return program.weightBytes();
    }

    long scratchBytes() {
        return Math.max(64, kernels.stream().mapToLong(Kernel::scratchBytes).max().orElse(0));
    }

    List<Kernel> kernels() {
        return kernels;
    }

    Program program() {
        return program;
    }

    Slab slab() {
        return slab;
    }

    Shape shape(int value) {
        return shapes[value];
    }
}
