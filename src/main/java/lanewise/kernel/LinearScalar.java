package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

/** The plain twin of {@link Linear}. */
public final class LinearScalar implements Kernel {
    private final int batch;
    private final LinearWeights weights;

    public LinearScalar(int batch, LinearWeights weights) {
        this.batch = batch;
        this.weights = weights;
    }

    @Override
    public Mode mode() {
        return Mode.SCALAR;
    }

    @Override
    public int tasks() {
        return 1;
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        for (int n = 0; n < batch; n++) {
            for (int o = 0; o < weights.out(); o++) {
                float sum = 0;
                for (int i = 0; i < weights.in(); i++) {
                    sum = Math.fma(weights.at(o, i), operands.input().get(FLOAT, 4L * (n * weights.in() + i)), sum);
                }
                operands.output().set(FLOAT, 4L * (n * weights.out() + o), sum + weights.bias(o));
            }
        }
    }
}
