package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * {@code out[n][o] = bias[o] + sum over i ascending of weight[o][i] * x[n][i]}, a chain of fused multiply-adds from zero.
 *
 * <p>The convolution's micro-kernel with its sides exchanged: outputs lie in the lanes, samples on the broadcast side. A
 * single sample has a smaller one that reads weights as fast as memory gives them.
 * A task is a range of output panels for the whole batch.
 */
public final class Linear implements Kernel {
    /** Each task packs the samples again, so there are few; enough for the threads of a small machine. */
    private static final int MOST_TASKS = 8;

    private final int batch;
    private final LinearWeights weights;
    private final Tile tile;

    /** @param weights packed {@link Tile#pixels()} wide */
    public Linear(int batch, LinearWeights weights, Tile tile) {
        if (weights.width() != Tile.pixels()) {
            throw new IllegalArgumentException("weights are packed " + weights.width() + " wide, not " + Tile.pixels());
        }
        this.batch = batch;
        this.weights = weights;
        this.tile = tile;
    }

    @Override
    public Mode mode() {
        return Mode.VECTOR;
    }

    @Override
    public int tasks() {
        return Math.clamp(weights.panelCount(), 1, MOST_TASKS);
    }

    @Override
    public long scratchBytes() {
        return 4L * weights.in() * tile.rows();
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        int from = weights.panelCount() * task / tasks();
        int to = weights.panelCount() * (task + 1) / tasks();
        for (int first = 0; first < batch; first += tile.rows()) {
            int rows = Math.min(tile.rows(), batch - first);
            packSamples(operands.input(), first, rows, scratch.memory);
            for (int panel = from; panel < to; panel++) {
                multiply(rows, weights.panel(panel), scratch);
                store(scratch.tile, first, rows, panel, operands.output());
            }
        }
    }

    private void multiply(int rows, MemorySegment panel, Scratch scratch) {
        if (rows == 1) {
            MicroKernel1.multiply(scratch.memory, panel, weights.in(), scratch.tile);
        } else {
            tile.multiply(scratch.memory, panel, weights.in(), scratch.tile);
        }
    }

    private void store(MemorySegment sums, int first, int rows, int panel, MemorySegment output) {
        int firstOutput = panel * Tile.pixels();
        int outputs = Math.min(Tile.pixels(), weights.out() - firstOutput);
        for (int r = 0; r < rows; r++) {
            Epilogue.storeWithBiases(sums, 4L * r * Tile.pixels(), weights.biases(), 4L * firstOutput, output,
                    4L * ((first + r) * weights.out() + firstOutput), outputs);
        }
    }

    /** Samples become the rows of a weight panel, [in][rows]; rows without a sample repeat the last one. One stays as it is. */
    private void packSamples(MemorySegment input, int first, int rows, MemorySegment scratch) {
        if (rows == 1) {
            MemorySegment.copy(input, 4L * first * weights.in(), scratch, 0, 4L * weights.in());
            return;
        }
        long to = 0;
        for (int i = 0; i < weights.in(); i++) {
            for (int r = 0; r < tile.rows(); r++) {
                int sample = first + Math.min(r, rows - 1);
                scratch.set(FLOAT, to, input.get(FLOAT, 4L * (sample * weights.in() + i)));
                to += 4;
            }
        }
    }
}
