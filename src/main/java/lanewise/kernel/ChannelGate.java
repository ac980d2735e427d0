package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import lanewise.tensor.Shape;

/**
 * {@code out = x * sigmoid(other[n][c])}: the end of squeeze and excitation (Hu et al. 2017, arXiv 1709.01507, section 3).
 * The second input is N C; the sigmoid is computed in double and rounded once. Planar layout; output may be the first
 * input. A task is one channel of one sample.
 */
public final class ChannelGate implements Kernel {
    private final Shape shape;

    public ChannelGate(Shape shape) {
        this.shape = shape;
    }

    @Override
    public Mode mode() {
        return Mode.VECTOR;
    }

    @Override
    public int tasks() {
        return Math.max(1, shape.n() * shape.c());
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        if (shape.elements() == 0) {
            return;
        }
        float gate = ChannelGateScalar.sigmoid(operands.other().get(FLOAT, 4L * task));
        plane(operands.input(), operands.output(), 4L * task * shape.plane(), shape.plane(), gate);
    }

    private static void plane(MemorySegment in, MemorySegment out, long at, int length, float gate) {
        int i = 0;
        for (; i + COUNT <= length; i += COUNT) {
            FloatVector.fromMemorySegment(SPECIES, in, at + 4L * i, ORDER).mul(gate)
                    .intoMemorySegment(out, at + 4L * i, ORDER);
        }
        for (; i < length; i++) {
            out.set(FLOAT, at + 4L * i, in.get(FLOAT, at + 4L * i) * gate);
        }
    }
}
