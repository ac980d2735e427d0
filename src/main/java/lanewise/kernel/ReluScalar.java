package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import lanewise.tensor.Shape;

/** The plain twin of {@link Relu}. */
public final class ReluScalar implements Kernel {
    private final int elements;

    public ReluScalar(Shape shape) {
        elements = shape.elements();
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
        for (int i = 0; i < elements; i++) {
            operands.output().set(FLOAT, 4L * i, Floats.max(operands.input().get(FLOAT, 4L * i), 0f));
        }
    }
}
