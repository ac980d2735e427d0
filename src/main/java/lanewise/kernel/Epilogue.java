package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * What follows the sum of products, for a run of adjacent pixels in each row of a result tile that still lies in the
 * first-level cache: {@code out = relu(sum + bias + residual)}, residual and ReLU optional. Without ReLU the floor is
 * minus infinity: a branch instead would leave C2 with two kinds of vectors to merge, and it would box them.
 */
final class Epilogue {
    private Epilogue() {}

    /**
     * {@code out[r][i] = max(sums[r][i] + bias[r] + residual[r][i], floor)}; NaN passes.
     *
     * @param from byte offset of the run in the tile's first row
     * @param rowBytes from one row of the tile to the next
     * @param rows how many rows, one for each bias from {@code biasAt} on
     * @param operands the output, and the residual, if any, at its offsets
     * @param floor see {@link Floats#floor}
     * @param to byte offset of the run in the first row's plane
     * @param planeBytes from one row's plane to the next
     * @param length pixels in the run
     */
    static void store(MemorySegment sums, long from, long rowBytes, int rows, MemorySegment biases, long biasAt,
            Operands operands, float floor, long to, long planeBytes, int length) {
        if (length < COUNT) {
            storeShort(sums, from, rowBytes, rows, biases, biasAt, operands, floor, to, planeBytes, length);
        } else if (operands.hasOther()) {
            storeSum(sums, from, rowBytes, rows, biases, biasAt, operands.other(), floor, operands.output(), to, planeBytes,
                    length);
        } else {
            store(sums, from, rowBytes, rows, biases, biasAt, floor, operands.output(), to, planeBytes, length);
        }
    }

    private static void store(MemorySegment sums, long from, long rowBytes, int rows, MemorySegment biases, long biasAt,
            float floor, MemorySegment out, long to, long planeBytes, int length) {
        for (int r = 0; r < rows; r++) {
            FloatVector bias = FloatVector.broadcast(SPECIES, biases.get(FLOAT, biasAt + 4L * r));
            long row = from + r * rowBytes;
            for (int i = 0; i < length; i += COUNT) {
                long at = 4L * Math.min(i, length - COUNT);
                FloatVector v = FloatVector.fromMemorySegment(SPECIES, sums, row + at, ORDER).add(bias);
                Lanes.max(v, floor).intoMemorySegment(out, to + at, ORDER);
            }
            to += planeBytes;
        }
    }

    private static void storeSum(MemorySegment sums, long from, long rowBytes, int rows, MemorySegment biases, long biasAt,
            MemorySegment residual, float floor, MemorySegment out, long to, long planeBytes, int length) {
        for (int r = 0; r < rows; r++) {
            FloatVector bias = FloatVector.broadcast(SPECIES, biases.get(FLOAT, biasAt + 4L * r));
            long row = from + r * rowBytes;
            for (int i = 0; i < length; i += COUNT) {
                long at = 4L * Math.min(i, length - COUNT);
                FloatVector v = FloatVector.fromMemorySegment(SPECIES, sums, row + at, ORDER).add(bias)
                        .add(FloatVector.fromMemorySegment(SPECIES, residual, to + at, ORDER));
                Lanes.max(v, floor).intoMemorySegment(out, to + at, ORDER);
            }
            to += planeBytes;
        }
    }

    /** Runs shorter than a vector. */
    private static void storeShort(MemorySegment sums, long from, long rowBytes, int rows, MemorySegment biases, long biasAt,
            Operands operands, float floor, long to, long planeBytes, int length) {
        VectorMask<Float> lanes = SPECIES.indexInRange(0, length);
        for (int r = 0; r < rows; r++) {
            FloatVector v = FloatVector.fromMemorySegment(SPECIES, sums, from + r * rowBytes, ORDER)
                    .add(FloatVector.broadcast(SPECIES, biases.get(FLOAT, biasAt + 4L * r)));
            if (operands.hasOther()) {
                v = v.add(FloatVector.fromMemorySegment(SPECIES, operands.other(), to, ORDER, lanes));
            }
            Lanes.max(v, floor).intoMemorySegment(operands.output(), to, ORDER, lanes);
            to += planeBytes;
        }
    }

    /** {@code out[i] = sums[i] + bias[i]}: the bias varies along the row. */
    static void storeWithBiases(MemorySegment sums, long from, MemorySegment biases, long biasAt, MemorySegment out, long to,
            int length) {
        int i = 0;
        for (; i + COUNT <= length; i += COUNT) {
            FloatVector.fromMemorySegment(SPECIES, sums, from + 4L * i, ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, biases, biasAt + 4L * i, ORDER))
                    .intoMemorySegment(out, to + 4L * i, ORDER);
        }
        for (; i < length; i++) {
            out.set(FLOAT, to + 4L * i, sums.get(FLOAT, from + 4L * i) + biases.get(FLOAT, biasAt + 4L * i));
        }
    }
}
