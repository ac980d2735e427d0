package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import lanewise.tensor.Shape;

/**
 * {@code out[n][c] = exp(x[n][c] - max) / sum of exp}, over the channels of a batch of vectors, in double. There is one
 * form of it, plain: a head has a few hundred classes. A NaN among the inputs makes the whole sample NaN, as in PyTorch.
 * Output may be the input. A task is one sample.
 */
public final class Softmax implements Kernel {
    private final Shape shape;

    /** @param shape a batch of vectors */
    public Softmax(Shape shape) {
        if (shape.plane() != 1) {
            throw new IllegalArgumentException("softmax wants vectors, not " + shape);
        }
        this.shape = shape;
    }

    @Override
    public Mode mode() {
        return Mode.SCALAR;
    }

    @Override
    public int tasks() {
        return Math.max(1, shape.n());
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        if (shape.elements() == 0) {
            return;
        }
        long at = 4L * task * shape.c();
        float max = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < shape.c(); c++) {
            max = Math.max(max, operands.input().get(FLOAT, at + 4L * c));
        }
        double sum = 0;
        for (int c = 0; c < shape.c(); c++) {
            sum += Math.exp((double) operands.input().get(FLOAT, at + 4L * c) - max);
        }
        for (int c = 0; c < shape.c(); c++) {
            double e = Math.exp((double) operands.input().get(FLOAT, at + 4L * c) - max);
            operands.output().set(FLOAT, at + 4L * c, (float) (e / sum));
        }
    }
}
