package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import lanewise.tensor.Shape;

/** The plain twin of {@link Add}. */
public final class AddScalar implements Kernel {
    private final int elements;
    private final float floor;

    public AddScalar(Shape shape, boolean relu) {
        elements = shape.elements();
        floor = Floats.floor(relu);
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
            float sum = operands.input().get(FLOAT, 4L * i) + operands.other().get(FLOAT, 4L * i);
            operands.output().set(FLOAT, 4L * i, Floats.max(sum, floor));
        }
    }
}
