package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import lanewise.tensor.Shape;

/** The plain twin of {@link BatchNorm}. */
public final class BatchNormScalar implements Kernel {
    private final Shape shape;
    private final ChannelScale factors;

    public BatchNormScalar(Shape shape, ChannelScale factors) {
        this.shape = shape;
        this.factors = factors;
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
        for (int i = 0; i < shape.elements(); i++) {
            int channel = i / shape.plane() % shape.c();
            float x = operands.input().get(FLOAT, 4L * i);
            operands.output().set(FLOAT, 4L * i, Math.fma(x, factors.scale(channel), factors.shift(channel)));
        }
    }
}
