package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Batch norm at inference, reduced to one scale and one shift a channel, computed in double and rounded once:
 * {@code scale = weight / sqrt(variance + epsilon)}, {@code shift = bias - mean * scale}
 * (Ioffe and Szegedy 2015, algorithm 2).
 *
 * @param scale float32, one a channel
 * @param shift float32, one a channel
 */
public record ChannelScale(MemorySegment scale, MemorySegment shift) {
    /** Bytes that {@link #of} takes. */
    public static long bytes(int channels) {
        return 2 * Panels.bytes(channels);
    }

    /** From the double factors of each channel. */
    public static ChannelScale of(SegmentAllocator memory, double[] scales, double[] shifts) {
        MemorySegment scale = memory.allocate(4L * scales.length, 64);
        MemorySegment shift = memory.allocate(4L * scales.length, 64);
        for (int c = 0; c < scales.length; c++) {
            scale.setAtIndex(FLOAT, c, (float) scales[c]);
            shift.setAtIndex(FLOAT, c, (float) shifts[c]);
        }
        return new ChannelScale(scale, shift);
    }

    float scale(int channel) {
        return scale.getAtIndex(FLOAT, channel);
    }

    float shift(int channel) {
        return shift.getAtIndex(FLOAT, channel);
    }
}
