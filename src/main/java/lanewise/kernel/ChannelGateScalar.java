package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import lanewise.tensor.Shape;

/** The plain twin of {@link ChannelGate}. */
public final class ChannelGateScalar implements Kernel {
    private final Shape shape;

    public ChannelGateScalar(Shape shape) {
        this.shape = shape;
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
            float gate = sigmoid(operands.other().get(FLOAT, 4L * (i / shape.plane())));
            operands.output().set(FLOAT, 4L * i, operands.input().get(FLOAT, 4L * i) * gate);
        }
    }

    static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-(double) x)));
    }
}
