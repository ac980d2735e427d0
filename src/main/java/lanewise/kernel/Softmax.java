package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import lanewise.tensor.Shape;

/**
 * {@code out[n][c] = exp(x[n][c] - max) / sum of exp}, over the channels of each position, in double. There is one form of
 * it, plain: a head has a few hundred classes and few positions. A NaN among the inputs makes all channels of its position
 * NaN, as in PyTorch. Planar layout; output may be the input. A task is one position of one sample.
 */
public final class Softmax implements Kernel {
    private final Shape shape;

    public Softmax(Shape shape) {
        this.shape = shape;
    }

    @Override
    public Mode mode() {
        return Mode.SCALAR;
    }

    @Override
    public int tasks() {
        return Math.max(1, shape.n() * shape.plane());
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        if (shape.elements() == 0) {
            return;
        }
        long at = 4L * ((long) task / shape.plane() * shape.c() * shape.plane() + task % shape.plane());
        long step = 4L * shape.plane();
        float max = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < shape.c(); c++) {
            max = Math.max(max, operands.input().get(FLOAT, at + step * c));
        }
        double sum = 0;
        for (int c = 0; c < shape.c(); c++) {
            sum += Math.exp((double) operands.input().get(FLOAT, at + step * c) - max);
        }
        for (int c = 0; c < shape.c(); c++) {
            double e = Math.exp((double) operands.input().get(FLOAT, at + step * c) - max);
            operands.output().set(FLOAT, at + step * c, (float) (e / sum));
        }
    }
}
