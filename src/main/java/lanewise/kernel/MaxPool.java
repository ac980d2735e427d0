package lanewise.kernel;

import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import lanewise.tensor.Shape;

/**
 * The largest element of each window; NaN wins over everything, padding never wins. Planar layout; the output does not
 * overlap the input. A task is one channel of one sample: the rows that a window covers are joined into one row of column
 * maxima, with minus infinity where padding lies, which is then reduced along the row.
 */
public final class MaxPool implements Kernel {
    private final PoolGeometry geometry;
    private final Shape in;
    private final Shape out;

    public MaxPool(PoolGeometry geometry) {
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
        return columnBytes();
    }

    /** The row of column maxima: padding on both sides, and room for the vectors that read over its end. */
    private long columnBytes() {
        return 4L * (in.w() + 2L * geometry.padding().w() + geometry.kernel().w() + 2L * COUNT);
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        if (out.elements() == 0) {
            return;
        }
        MemorySegment columns = scratch.memory;
        for (long at = 0; at < columnBytes(); at += Float.BYTES) {
            columns.set(FLOAT, at, Float.NEGATIVE_INFINITY);
        }
        for (int t = 0; t < out.t(); t++) {
            for (int y = 0; y < out.h(); y++) {
                columnMaxima(operands.input(), task, t, y, columns);
                long to = 4L * (((long) task * out.t() + t) * out.h() + y) * out.w();
                rowMaxima(columns, operands.output(), to);
            }
        }
    }

    /** For each input column the largest element of the rows and frames that the window covers. */
    private void columnMaxima(MemorySegment input, int plane, int t, int y, MemorySegment columns) {
        int firstT = t * geometry.stride().t() - geometry.padding().t();
        int firstY = y * geometry.stride().h() - geometry.padding().h();
        long to = 4L * geometry.padding().w();
        boolean first = true;
        for (int inT = Math.max(0, firstT); inT < Math.min(in.t(), firstT + geometry.kernel().t()); inT++) {
            for (int inY = Math.max(0, firstY); inY < Math.min(in.h(), firstY + geometry.kernel().h()); inY++) {
                long from = 4L * (((long) plane * in.t() + inT) * in.h() + inY) * in.w();
                if (first) {
                    MemorySegment.copy(input, from, columns, to, 4L * in.w());
                    first = false;
                } else {
                    joinRow(input, from, columns, to, in.w());
                }
            }
        }
    }

    private static void joinRow(MemorySegment input, long from, MemorySegment columns, long to, int length) {
        int i = 0;
        for (; i + COUNT <= length; i += COUNT) {
            FloatVector.fromMemorySegment(SPECIES, columns, to + 4L * i, ORDER)
                    .max(FloatVector.fromMemorySegment(SPECIES, input, from + 4L * i, ORDER))
                    .intoMemorySegment(columns, to + 4L * i, ORDER);
        }
        for (; i < length; i++) {
            columns.set(FLOAT, to + 4L * i, Math.max(columns.get(FLOAT, to + 4L * i), input.get(FLOAT, from + 4L * i)));
        }
    }

    private void rowMaxima(MemorySegment columns, MemorySegment output, long to) {
        int kernel = geometry.kernel().w();
        switch (geometry.stride().w()) {
            case 1 -> neighbours(columns, kernel, output, to, out.w());
            case 2 -> everySecond(columns, kernel, output, to, out.w());
            default -> strided(columns, kernel, geometry.stride().w(), output, to, out.w());
        }
    }

    private static void neighbours(MemorySegment columns, int kernel, MemorySegment output, long to, int length) {
        for (int x = 0; x < length; x += COUNT) {
            FloatVector max = FloatVector.fromMemorySegment(SPECIES, columns, 4L * x, ORDER);
            for (int k = 1; k < kernel; k++) {
                max = max.max(FloatVector.fromMemorySegment(SPECIES, columns, 4L * (x + k), ORDER));
            }
            max.intoMemorySegment(output, to + 4L * x, ORDER, SPECIES.indexInRange(x, length));
        }
    }

    private static void everySecond(MemorySegment columns, int kernel, MemorySegment output, long to, int length) {
        for (int x = 0; x < length; x += COUNT) {
            FloatVector max = Deinterleave.even(columns, 8L * x);
            for (int k = 1; k < kernel; k++) {
                max = max.max(Deinterleave.even(columns, 8L * x + 4L * k));
            }
            max.intoMemorySegment(output, to + 4L * x, ORDER, SPECIES.indexInRange(x, length));
        }
    }

    private static void strided(MemorySegment columns, int kernel, int stride, MemorySegment output, long to, int length) {
        for (int x = 0; x < length; x++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int k = 0; k < kernel; k++) {
                max = Math.max(max, columns.get(FLOAT, 4L * ((long) x * stride + k)));
            }
            output.set(FLOAT, to + 4L * x, max);
        }
    }
}
