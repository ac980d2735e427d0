package lanewise.nn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import lanewise.kernel.Kernel;
import lanewise.kernel.Operands;
import lanewise.kernel.Scratch;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;

/**
 * A plan with memory to run in: one slab for all activations and scratch for each thread, taken once. One caller at a
 * time; many sessions may run at once on one plan. Once warm, running allocates nothing.
 */
public final class Session implements AutoCloseable {
    private final Plan plan;
    private final Workers workers;
    private final Arena arena;
    private final Tensor input;
    private final Tensor output;
    private final List<Tensor> kept = new ArrayList<>();
    private final Kernel[] kernels;
    private final Operands[] operands;
    private final Scratch[] scratch;
    private final Workers.Job job = this::runTask;
    private int step;

    /** @param arena becomes this session's own, also if this fails */
    Session(Plan plan, Workers workers, Arena arena) {
        this.plan = plan;
        this.workers = workers;
        this.arena = arena;
        MemorySegment slab;
        scratch = new Scratch[workers.threads()];
        try {
            slab = arena.allocate(plan.slab().bytes(), Tensor.ALIGNMENT);
            for (int worker = 0; worker < scratch.length; worker++) {
                scratch[worker] = new Scratch(arena, plan.scratchBytes());
            }
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
        Graph graph = plan.program().graph();
        kernels = plan.kernels().toArray(Kernel[]::new);
        operands = new Operands[kernels.length];
        for (int i = 0; i < kernels.length; i++) {
            Op op = graph.ops().get(i);
            MemorySegment other = op.other().isPresent()
                    ? value(slab, op.other().getAsInt()).data() : MemorySegment.NULL;
            operands[i] = new Operands(value(slab, op.input()).data(), other, value(slab, op.value()).data());
        }
        input = value(slab, 0);
        output = value(slab, graph.output());
        plan.program().kept().forEach(value -> kept.add(value(slab, value)));
    }

    private Tensor value(MemorySegment slab, int value) {
        Shape shape = plan.shape(value);
        return new Tensor(shape, slab.asSlice(plan.slab().offsets()[value], shape.bytes()));
    }

    /**
     * Runs the network.
     *
     * @param in of the plan's input shape; copied before anything runs
     * @return the output, in this session's memory: valid until the next run or {@link #close()}
     * @throws ShapeException if the input has another shape
     */
    public Tensor run(Tensor in) {
        if (!in.shape().equals(plan.input())) {
            throw new ShapeException("", "this plan takes " + plan.input() + ", not " + in.shape());
        }
        input.copyFrom(in);
        for (step = 0; step < kernels.length; step++) {
            workers.run(job, kernels[step].tasks());
        }
        return output;
    }

    private void runTask(int task, int worker) {
        kernels[step].run(task, operands[step], scratch[worker]);
    }

    /**
     * Runs the network once and measures each step.
     *
     * @return nanoseconds of each of {@link Plan#steps()}
     */
    public long[] profile(Tensor in) {
        run(in);
        input.copyFrom(in);
        long[] nanoseconds = new long[kernels.length];
        for (step = 0; step < kernels.length; step++) {
            long begin = System.nanoTime();
            workers.run(job, kernels[step].tasks());
            nanoseconds[step] = System.nanoTime() - begin;
        }
        return nanoseconds;
    }

    /**
     * The output of a layer that {@link Options#keep} names, as the last run left it; valid until the next run.
     *
     * @throws IllegalArgumentException if the layer was not kept
     */
    public Tensor kept(String path) {
        int index = plan.program().options().keep().indexOf(path);
        if (index < 0) {
            throw new IllegalArgumentException("layer '" + path + "' was not kept; name it in Options.keeping");
        }
        return kept.get(index);
    }

    public Plan plan() {
        return plan;
    }

    @Override
    public void close() {
        arena.close();
    }
}
