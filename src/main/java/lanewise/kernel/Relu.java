package lanewise.kernel;

import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import lanewise.tensor.Shape;

/**
 * {@code out = x < 0 ? 0 : x}: NaN passes, as in PyTorch. Any layout; output may be the input.
 * A task is a stretch of elements.
 */
public final class Relu implements Kernel {
    private static final int CHUNK = 1 << 14;

    private final int elements;

    public Relu(Shape shape) {
        elements = shape.elements();
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
        range(operands.input(), operands.output(), begin, end);
    }

    private static void range(MemorySegment in, MemorySegment out, int begin, int end) {
        int i = begin;
        for (; i + COUNT <= end; i += COUNT) {
            Lanes.max(FloatVector.fromMemorySegment(SPECIES, in, 4L * i, ORDER), 0f).intoMemorySegment(out, 4L * i, ORDER);
        }
        for (; i < end; i++) {
            out.set(FLOAT, 4L * i, Floats.max(in.get(FLOAT, 4L * i), 0f));
        }
    }
}
