package lanewise.kernel;

import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import lanewise.tensor.Shape;

/**
 * {@code out = relu(x + other)}, ReLU optional: the end of a residual block where no convolution can take it on.
 * Any layout; output may be either input. A task is a stretch of elements.
 */
public final class Add implements Kernel {
    private static final int CHUNK = 1 << 14;

    private final int elements;
    private final float floor;

    public Add(Shape shape, boolean relu) {
        elements = shape.elements();
        floor = Floats.floor(relu);
    }

    @Override
    public Mode mode() {
        return Mode.VECTOR;
    }

    @Override
    public int tasks() {
        return Math.max(1, (elements + CHUNK - 1) / CHUNK);
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        int begin = task * CHUNK;
        int end = Math.min(elements, begin + CHUNK);
        range(operands.input(), operands.other(), operands.output(), begin, end, floor);
    }

    private static void range(MemorySegment in, MemorySegment other, MemorySegment out, int begin, int end, float floor) {
        int i = begin;
        for (; i + COUNT <= end; i += COUNT) {
            FloatVector sum = FloatVector.fromMemorySegment(SPECIES, in, 4L * i, ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, other, 4L * i, ORDER));
            Lanes.max(sum, floor).intoMemorySegment(out, 4L * i, ORDER);
        }
        for (; i < end; i++) {
            float sum = in.get(FLOAT, 4L * i) + other.get(FLOAT, 4L * i);
            out.set(FLOAT, 4L * i, Floats.max(sum, floor));
        }
    }
}
