package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * What follows the sum of products, row by row of a result tile that still lies in the first-level cache:
 * {@code out = relu(sum + bias + residual)}, residual and ReLU optional.
 */
final class Epilogue {
    private Epilogue() {}

    /** {@link #store} for whole panel rows, one for each bias from {@code biasAt} on; output rows are a plane apart. */
    static void storeRows(MemorySegment sums, int rows, MemorySegment biases, long biasAt, boolean relu, MemorySegment out,
            long to, long planeBytes) {
        for (int r = 0; r < rows; r++) {
            FloatVector bias = FloatVector.broadcast(SPECIES, biases.get(FLOAT, biasAt + 4L * r));
            FloatVector low = FloatVector.fromMemorySegment(SPECIES, sums, r * (2L * BYTES), ORDER).add(bias);
            FloatVector high = FloatVector.fromMemorySegment(SPECIES, sums, r * (2L * BYTES) + BYTES, ORDER).add(bias);
            (relu ? Lanes.relu(low) : low).intoMemorySegment(out, to, ORDER);
            (relu ? Lanes.relu(high) : high).intoMemorySegment(out, to + BYTES, ORDER);
            to += planeBytes;
        }
    }

    /** {@link #storeWithResidual} for whole panel rows. */
    static void storeRowsWithResidual(MemorySegment sums, int rows, MemorySegment biases, long biasAt, MemorySegment residual,
            boolean relu, MemorySegment out, long to, long planeBytes) {
        for (int r = 0; r < rows; r++) {
            FloatVector bias = FloatVector.broadcast(SPECIES, biases.get(FLOAT, biasAt + 4L * r));
            FloatVector low = FloatVector.fromMemorySegment(SPECIES, sums, r * (2L * BYTES), ORDER).add(bias)
                    .add(FloatVector.fromMemorySegment(SPECIES, residual, to, ORDER));
            FloatVector high = FloatVector.fromMemorySegment(SPECIES, sums, r * (2L * BYTES) + BYTES, ORDER).add(bias)
                    .add(FloatVector.fromMemorySegment(SPECIES, residual, to + BYTES, ORDER));
            (relu ? Lanes.relu(low) : low).intoMemorySegment(out, to, ORDER);
            (relu ? Lanes.relu(high) : high).intoMemorySegment(out, to + BYTES, ORDER);
            to += planeBytes;
        }
    }

    /** {@code out[i] = relu(sums[i] + bias)}. */
    static void store(MemorySegment sums, long from, float bias, boolean relu, MemorySegment out, long to, int length) {
        int i = 0;
        for (; i + COUNT <= length; i += COUNT) {
            FloatVector v = FloatVector.fromMemorySegment(SPECIES, sums, from + 4L * i, ORDER).add(bias);
            (relu ? Lanes.relu(v) : v).intoMemorySegment(out, to + 4L * i, ORDER);
        }
        for (; i < length; i++) {
            float v = sums.get(FLOAT, from + 4L * i) + bias;
            out.set(FLOAT, to + 4L * i, relu ? Floats.relu(v) : v);
        }
    }

    /** {@code out[i] = relu(sums[i] + bias + residual[i])}; the residual lies at the offsets of the output. */
    static void storeWithResidual(MemorySegment sums, long from, float bias, MemorySegment residual, boolean relu,
            MemorySegment out, long to, int length) {
        int i = 0;
        for (; i + COUNT <= length; i += COUNT) {
            FloatVector v = FloatVector.fromMemorySegment(SPECIES, sums, from + 4L * i, ORDER).add(bias)
                    .add(FloatVector.fromMemorySegment(SPECIES, residual, to + 4L * i, ORDER));
            (relu ? Lanes.relu(v) : v).intoMemorySegment(out, to + 4L * i, ORDER);
        }
        for (; i < length; i++) {
            float v = sums.get(FLOAT, from + 4L * i) + bias + residual.get(FLOAT, to + 4L * i);
            out.set(FLOAT, to + 4L * i, relu ? Floats.relu(v) : v);
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

    /** Bytes of one vector, the room that copies in whole vectors may touch behind their end. */
    static long slack() {
        return BYTES;
    }
}
