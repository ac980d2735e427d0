package lanewise.kernel;

import static lanewise.kernel.F43.INPUTS;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The transforms of {@link F43} with a vector of adjacent positions in each operand. Each method is a compilation unit
 * of its own: two of them inlined into one caller would pass C2's limit on nodes, and vectors would be boxed.
 */
final class F43Vectors {
    private F43Vectors() {}

    /**
     * Transforms the inputs of one vector of positions, channel by channel.
     *
     * @param window for each of the six inputs its byte offset in channel 0, then for each the lanes inside the map
     * @param from first channel
     * @param to behind the last channel
     * @param planeBytes from one channel to the next
     * @param panel receives element e of channel c at {@code at + e * elementBytes + c * panel row}
     * @param lanes which positions are written
     */
    static void input(MemorySegment input, long[] window, int from, int to, long planeBytes, MemorySegment panel, long at,
            long elementBytes, long lanes) {
        VectorMask<Float> written = VectorMask.fromLong(SPECIES, lanes);
        VectorMask<Float> in0 = VectorMask.fromLong(SPECIES, window[INPUTS]);
        VectorMask<Float> in1 = VectorMask.fromLong(SPECIES, window[INPUTS + 1]);
        VectorMask<Float> in2 = VectorMask.fromLong(SPECIES, window[INPUTS + 2]);
        VectorMask<Float> in3 = VectorMask.fromLong(SPECIES, window[INPUTS + 3]);
        VectorMask<Float> in4 = VectorMask.fromLong(SPECIES, window[INPUTS + 4]);
        VectorMask<Float> in5 = VectorMask.fromLong(SPECIES, window[INPUTS + 5]);
        long w0 = window[0], w1 = window[1], w2 = window[2], w3 = window[3], w4 = window[4], w5 = window[5];
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int c = from; c < to; c++) {
            long plane = c * planeBytes;
            FloatVector d0 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w0, ORDER), in0);
            FloatVector d1 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w1, ORDER), in1);
            FloatVector d2 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w2, ORDER), in2);
            FloatVector d3 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w3, ORDER), in3);
            FloatVector d4 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w4, ORDER), in4);
            FloatVector d5 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w5, ORDER), in5);
            long to0 = at + c * (2L * BYTES);
            FloatVector four = FloatVector.broadcast(SPECIES, 4f);
            FloatVector minusFive = FloatVector.broadcast(SPECIES, -5f);
            four.fma(d0, minusFive.fma(d2, d4)).intoMemorySegment(panel, to0, ORDER, written);
            FloatVector minusFour = FloatVector.broadcast(SPECIES, -4f);
            FloatVector even = minusFour.fma(d2, d4);
            FloatVector odd = minusFour.fma(d1, d3);
            even.add(odd).intoMemorySegment(panel, to0 + elementBytes, ORDER, written);
            even.sub(odd).intoMemorySegment(panel, to0 + 2 * elementBytes, ORDER, written);
            FloatVector twos = d3.sub(d1);
            FloatVector ones = d4.sub(d2);
            FloatVector.broadcast(SPECIES, 2f).fma(twos, ones).intoMemorySegment(panel, to0 + 3 * elementBytes, ORDER, written);
            FloatVector.broadcast(SPECIES, -2f).fma(twos, ones).intoMemorySegment(panel, to0 + 4 * elementBytes, ORDER, written);
            four.fma(d1, minusFive.fma(d3, d5)).intoMemorySegment(panel, to0 + 5 * elementBytes, ORDER, written);
        }
    }

    /** {@link #input} for one channel element by element, where whole vectors would reach beyond the tensor. */
    static void inputByElement(MemorySegment input, long[] window, int c, long planeBytes, MemorySegment panel, long at,
            long elementBytes, long lanes) {
        for (int lane = 0; lane < COUNT; lane++) {
            if ((lanes >>> lane & 1) != 0) {
                long shift = c * planeBytes + 4L * lane;
                float d0 = at(input, window, 0, lane, shift);
                float d1 = at(input, window, 1, lane, shift);
                float d2 = at(input, window, 2, lane, shift);
                float d3 = at(input, window, 3, lane, shift);
                float d4 = at(input, window, 4, lane, shift);
                float d5 = at(input, window, 5, lane, shift);
                for (int e = 0; e < INPUTS; e++) {
                    panel.set(FLOAT, at + e * elementBytes + c * (2L * BYTES) + 4L * lane, F43.input(e, d0, d1, d2, d3, d4, d5));
                }
            }
        }
    }

    private static float at(MemorySegment input, long[] window, int r, int lane, long shift) {
        return (window[INPUTS + r] >>> lane & 1) == 0 ? 0f : input.get(FLOAT, window[r] + shift);
    }

    /**
     * Turns six result tiles, {@link Tile#MOST_BYTES} apart, into four of outputs, in place.
     *
     * @param rows of a tile
     */
    static void output(MemorySegment sums, int rows) {
        FloatVector two = FloatVector.broadcast(SPECIES, 2f);
        FloatVector four = FloatVector.broadcast(SPECIES, 4f);
        FloatVector eight = FloatVector.broadcast(SPECIES, 8f);
        for (int v = 0; v < Tile.VECTORS * rows; v++) {
            long at = (long) v * BYTES;
            FloatVector m1 = FloatVector.fromMemorySegment(SPECIES, sums, at + Tile.MOST_BYTES, ORDER);
            FloatVector m2 = FloatVector.fromMemorySegment(SPECIES, sums, at + 2 * Tile.MOST_BYTES, ORDER);
            FloatVector m3 = FloatVector.fromMemorySegment(SPECIES, sums, at + 3 * Tile.MOST_BYTES, ORDER);
            FloatVector m4 = FloatVector.fromMemorySegment(SPECIES, sums, at + 4 * Tile.MOST_BYTES, ORDER);
            FloatVector ones = m1.add(m2);
            FloatVector twos = m3.add(m4);
            FloatVector.fromMemorySegment(SPECIES, sums, at, ORDER).add(ones).add(twos).intoMemorySegment(sums, at, ORDER);
            four.fma(twos, ones).intoMemorySegment(sums, at + 2 * Tile.MOST_BYTES, ORDER);
            ones = m1.sub(m2);
            twos = m3.sub(m4);
            two.fma(twos, ones).intoMemorySegment(sums, at + Tile.MOST_BYTES, ORDER);
            eight.fma(twos, ones).add(FloatVector.fromMemorySegment(SPECIES, sums, at + 5 * Tile.MOST_BYTES, ORDER))
                    .intoMemorySegment(sums, at + 3 * Tile.MOST_BYTES, ORDER);
        }
    }
}
