package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** F(2,3) along time. */
final class TimeF23 extends TimeTransform {
    TimeF23(ConvGeometry geometry) {
        super(geometry, MinimalFilter.F23);
    }

    @Override
    void inputs(MemorySegment input, long[] frames, int channels, long planeBytes, MemorySegment[] panels, int panel, long at,
            long lanes) {
        VectorMask<Float> written = VectorMask.fromLong(SPECIES, lanes);
        VectorMask<Float> in0 = SPECIES.maskAll(frames[0] >= 0), in1 = SPECIES.maskAll(frames[1] >= 0);
        VectorMask<Float> in2 = SPECIES.maskAll(frames[2] >= 0), in3 = SPECIES.maskAll(frames[3] >= 0);
        long w0 = Math.max(0, frames[0]), w1 = Math.max(0, frames[1]), w2 = Math.max(0, frames[2]), w3 = Math.max(0, frames[3]);
        MemorySegment panel0 = panels[panel], panel1 = panels[panel + 1], panel2 = panels[panel + 2];
        MemorySegment panel3 = panels[panel + 3];
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int c = 0; c < channels; c++) {
            long plane = c * planeBytes;
            FloatVector d0 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w0, ORDER), in0);
            FloatVector d1 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w1, ORDER), in1);
            FloatVector d2 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w2, ORDER), in2);
            FloatVector d3 = zero.blend(FloatVector.fromMemorySegment(SPECIES, input, plane + w3, ORDER), in3);
            long into = at + c * (2L * BYTES);
            Lanes.store(d0.sub(d2), panel0, into, written);
            Lanes.store(d1.add(d2), panel1, into, written);
            Lanes.store(d2.sub(d1), panel2, into, written);
            Lanes.store(d3.sub(d1), panel3, into, written);
        }
    }

    @Override
    void outputs(MemorySegment sums, int vectors) {
        for (int v = 0; v < vectors; v++) {
            long at = v * (long) BYTES;
            FloatVector m1 = FloatVector.fromMemorySegment(SPECIES, sums, at + Tile.MOST_BYTES, ORDER);
            FloatVector m2 = FloatVector.fromMemorySegment(SPECIES, sums, at + 2 * Tile.MOST_BYTES, ORDER);
            FloatVector.fromMemorySegment(SPECIES, sums, at, ORDER).add(m1.add(m2)).intoMemorySegment(sums, at, ORDER);
            m1.sub(m2).add(FloatVector.fromMemorySegment(SPECIES, sums, at + 3 * Tile.MOST_BYTES, ORDER))
                    .intoMemorySegment(sums, at + Tile.MOST_BYTES, ORDER);
        }
    }
}
