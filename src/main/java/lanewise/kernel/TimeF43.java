package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** F(4,3) along time. */
final class TimeF43 extends TimeTransform {
    TimeF43(ConvGeometry geometry) {
        super(geometry, MinimalFilter.F43);
    }

    @Override
    void inputs(MemorySegment input, long[] frames, int channels, long planeBytes, MemorySegment[] panels, int panel, long at,
            long lanes) {
        VectorMask<Float> written = VectorMask.fromLong(SPECIES, lanes);
        VectorMask<Float> in0 = SPECIES.maskAll(frames[0] >= 0), in1 = SPECIES.maskAll(frames[1] >= 0);
        VectorMask<Float> in2 = SPECIES.maskAll(frames[2] >= 0), in3 = SPECIES.maskAll(frames[3] >= 0);
        VectorMask<Float> in4 = SPECIES.maskAll(frames[4] >= 0), in5 = SPECIES.maskAll(frames[5] >= 0);
        long w0 = Math.max(0, frames[0]), w1 = Math.max(0, frames[1]), w2 = Math.max(0, frames[2]);
        long w3 = Math.max(0, frames[3]), w4 = Math.max(0, frames[4]), w5 = Math.max(0, frames[5]);
        MemorySegment panel0 = panels[panel], panel1 = panels[panel + 1], panel2 = panels[panel + 2];
        MemorySegment panel3 = panels[panel + 3], panel4 = panels[panel + 4], panel5 = panels[panel + 5];
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int c = 0; c < channels; c++) {
            long plane = c * planeBytes;
            FloatVector d0 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w0, ORDER), in0);
            FloatVector d1 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w1, ORDER), in1);
            FloatVector d2 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w2, ORDER), in2);
            FloatVector d3 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w3, ORDER), in3);
            FloatVector d4 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w4, ORDER), in4);
            FloatVector d5 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w5, ORDER), in5);
            long into = at + c * (2L * BYTES);
            FloatVector four = FloatVector.broadcast(SPECIES, 4f);
            FloatVector minusFive = FloatVector.broadcast(SPECIES, -5f);
            Lanes.store(four.fma(d0, minusFive.fma(d2, d4)), panel0, into, written);
            FloatVector minusFour = FloatVector.broadcast(SPECIES, -4f);
            FloatVector even = minusFour.fma(d2, d4);
            FloatVector odd = minusFour.fma(d1, d3);
            Lanes.store(even.add(odd), panel1, into, written);
            Lanes.store(even.sub(odd), panel2, into, written);
            FloatVector twos = d3.sub(d1);
            FloatVector ones = d4.sub(d2);
            Lanes.store(FloatVector.broadcast(SPECIES, 2f).fma(twos, ones), panel3, into, written);
            Lanes.store(FloatVector.broadcast(SPECIES, -2f).fma(twos, ones), panel4, into, written);
            Lanes.store(four.fma(d1, minusFive.fma(d3, d5)), panel5, into, written);
        }
    }

    @Override
    void outputs(MemorySegment sums, int vectors) {
        FloatVector two = FloatVector.broadcast(SPECIES, 2f);
        FloatVector four = FloatVector.broadcast(SPECIES, 4f);
        FloatVector eight = FloatVector.broadcast(SPECIES, 8f);
        for (int v = 0; v < vectors; v++) {
            long at = v * (long) BYTES;
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
