package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import lanewise.tensor.Shape;

/**
 * The mean of each window over what it covers of the map. Each column is summed first, over frames and rows in ascending
 * order, then the columns in ascending order, then the sum is divided by the count. Planar layout; the output does not
 * overlap the input. A task is one channel of one sample.
 */
public final class AvgPool implements Kernel {
    private final AvgPoolGeometry geometry;
    private final Shape in;
    private final Shape out;

    public AvgPool(AvgPoolGeometry geometry) {
        this.geometry = geometry;
        in = geometry.in();
        out = geometry.out();
    }

    @Override
    public Mode mode() {
        return Mode.VECTOR;
    }

    @Override
    public int tasks() {
        return Math.max(1, out.n() * out.c());
    }

    @Override
    public long scratchBytes() {
        return 4L * in.w();
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        if (out.elements() == 0) {
            return;
        }
        MemorySegment columns = scratch.memory;
        for (int t = 0; t < out.t(); t++) {
            int firstT = t * geometry.stride().t();
            int endT = Math.min(in.t(), firstT + geometry.kernel().t());
            for (int y = 0; y < out.h(); y++) {
                int firstY = y * geometry.stride().h();
                int endY = Math.min(in.h(), firstY + geometry.kernel().h());
                sumColumns(operands.input(), task, firstT, endT, firstY, endY, columns);
                long to = 4L * (((long) task * out.t() + t) * out.h() + y) * out.w();
                means(columns, (endT - firstT) * (endY - firstY), operands.output(), to);
            }
        }
    }

    private void sumColumns(MemorySegment input, int plane, int firstT, int endT, int firstY, int endY, MemorySegment columns) {
        for (int t = firstT; t < endT; t++) {
            for (int y = firstY; y < endY; y++) {
                long from = 4L * (((long) plane * in.t() + t) * in.h() + y) * in.w();
                if (t == firstT && y == firstY) {
                    MemorySegment.copy(input, from, columns, 0, 4L * in.w());
                } else {
                    addRow(input, from, columns, in.w());
                }
            }
        }
    }

    private static void addRow(MemorySegment input, long from, MemorySegment columns, int length) {
        int i = 0;
        for (; i + COUNT <= length; i += COUNT) {
            FloatVector.fromMemorySegment(SPECIES, columns, 4L * i, ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, input, from + 4L * i, ORDER))
                    .intoMemorySegment(columns, 4L * i, ORDER);
        }
        for (; i < length; i++) {
            columns.set(FLOAT, 4L * i, columns.get(FLOAT, 4L * i) + input.get(FLOAT, from + 4L * i));
        }
    }

    /** @param rows how many elements of a column its sum holds */
    private void means(MemorySegment columns, int rows, MemorySegment output, long to) {
        for (int x = 0; x < out.w(); x++) {
            int first = x * geometry.stride().w();
            int end = Math.min(in.w(), first + geometry.kernel().w());
            float sum = columns.get(FLOAT, 4L * first);
            for (int i = first + 1; i < end; i++) {
                sum += columns.get(FLOAT, 4L * i);
            }
            output.set(FLOAT, to + 4L * x, sum / (rows * (end - first)));
        }
    }
}
