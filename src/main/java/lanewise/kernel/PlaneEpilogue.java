package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link Epilogue} for the sums of one channel that lie row by row with positions between the rows that are no pixels.
 *
 * <p>Rows of the output follow each other, so they are written in whole vectors: what is written beyond the end of a row is
 * overwritten by the next. Only the last ones need a mask.
 */
final class PlaneEpilogue {
    private PlaneEpilogue() {}

    /**
     * {@code out[y][x] = max(sums[y][x] + bias, floor)}; NaN passes.
     *
     * @param from byte offset of the first row's sums, {@code pitchBytes} before the next
     * @param floor see {@link Floats#floor}
     * @param to byte offset of the first of {@code rows} rows of {@code width} pixels
     */
    static void store(MemorySegment sums, long from, long pitchBytes, float bias, float floor, MemorySegment out, long to, int rows,
            int width) {
        int whole = wholeRows(rows, width);
        FloatVector biases = FloatVector.broadcast(SPECIES, bias);
        for (int y = 0; y < whole; y++) {
            for (int x = 0; x < width; x += COUNT) {
                FloatVector v = FloatVector.fromMemorySegment(SPECIES, sums, from + 4L * x, ORDER).add(biases);
                Lanes.max(v, floor).intoMemorySegment(out, to + 4L * x, ORDER);
            }
            from += pitchBytes;
            to += 4L * width;
        }
        storeLast(sums, from, pitchBytes, biases, floor, out, to, rows - whole, width);
    }

    private static void storeLast(MemorySegment sums, long from, long pitchBytes, FloatVector biases, float floor,
            MemorySegment out, long to, int rows, int width) {
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < width; x += COUNT) {
                VectorMask<Float> inside = SPECIES.indexInRange(x, width);
                FloatVector v = FloatVector.fromMemorySegment(SPECIES, sums, from + 4L * x, ORDER).add(biases);
                Lanes.max(v, floor).intoMemorySegment(out, to + 4L * x, ORDER, inside);
            }
            from += pitchBytes;
            to += 4L * width;
        }
    }

    /** {@link #store} with a residual, which lies at the offsets of the output. */
    static void storeWithResidual(MemorySegment sums, long from, long pitchBytes, float bias, MemorySegment residual, float floor,
            MemorySegment out, long to, int rows, int width) {
        FloatVector biases = FloatVector.broadcast(SPECIES, bias);
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < width; x += COUNT) {
                VectorMask<Float> inside = SPECIES.indexInRange(x, width);
                FloatVector v = FloatVector.fromMemorySegment(SPECIES, sums, from + 4L * x, ORDER).add(biases)
                        .add(FloatVector.fromMemorySegment(SPECIES, residual, to + 4L * x, ORDER, inside));
                Lanes.max(v, floor).intoMemorySegment(out, to + 4L * x, ORDER, inside);
            }
            from += pitchBytes;
            to += 4L * width;
        }
    }

    /** Rows that may be written in whole vectors. */
    private static int wholeRows(int rows, int width) {
        int spare = rows * width - Lanes.roundUp(width);
        return spare < 0 ? 0 : spare / width + 1;
    }
}
