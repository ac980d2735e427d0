package lanewise.kernel;

import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import lanewise.tensor.Shape;

/**
 * {@code out = x * scale[c] + shift[c]}, one fused multiply-add an element. Planar layout; output may be the input.
 * A task is one channel of one sample.
 */
public final class BatchNorm implements Kernel {
    private final Shape shape;
    private final ChannelScale factors;

    public BatchNorm(Shape shape, ChannelScale factors) {
        this.shape = shape;
        this.factors = factors;
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
        long at = 4L * task * shape.plane();
        float scale = factors.scale(task % shape.c());
        float shift = factors.shift(task % shape.c());
        plane(operands.input(), operands.output(), at, shape.plane(), scale, shift);
    }

    private static void plane(MemorySegment in, MemorySegment out, long at, int length, float scale, float shift) {
        FloatVector scales = FloatVector.broadcast(SPECIES, scale);
        FloatVector shifts = FloatVector.broadcast(SPECIES, shift);
        int i = 0;
        for (; i + COUNT <= length; i += COUNT) {
            FloatVector.fromMemorySegment(SPECIES, in, at + 4L * i, ORDER).fma(scales, shifts)
                    .intoMemorySegment(out, at + 4L * i, ORDER);
        }
        for (; i < length; i++) {
            out.set(FLOAT, at + 4L * i, Math.fma(in.get(FLOAT, at + 4L * i), scale, shift));
        }
    }
}
