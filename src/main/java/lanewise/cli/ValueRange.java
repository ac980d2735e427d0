package lanewise.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;

/**
 * What the values of a tensor are like.
 *
 * @param least the smallest finite value; infinity if there is none
 * @param most the largest finite value; minus infinity if there is none
 * @param nan how many are not numbers
 * @param infinite how many are infinite
 */
record ValueRange(float least, float most, long nan, long infinite) {
    private static final int PIECE = 1 << 14;

    /** Reads the whole tensor; empty if its type is one that Lanewise does not convert. */
    static Optional<ValueRange> of(WeightTensor tensor) throws WeightException {
        if (!tensor.dtype().readable()) {
            return Optional.empty();
        }
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        long nan = 0;
        long infinite = 0;
        try (Arena arena = Arena.ofShared()) {
            long count = tensor.elements();
            MemorySegment values = arena.allocate(count * Float.BYTES, Float.BYTES);
            tensor.read(values);
            float[] piece = new float[(int) Math.min(count, PIECE)];
            for (long at = 0; at < count; at += piece.length) {
                int length = (int) Math.min(piece.length, count - at);
                MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, at * Float.BYTES, piece, 0, length);
                for (int i = 0; i < length; i++) {
                    if (Float.isFinite(piece[i])) {
                        least = Math.min(least, piece[i]);
                        most = Math.max(most, piece[i]);
                    } else if (Float.isNaN(piece[i])) {
                        nan++;
                    } else {
                        infinite++;
                    }
                }
            }
        }
        return Optional.of(new ValueRange(least, most, nan, infinite));
    }

    /** Whether any value is a finite number. */
    boolean finite() {
        return least <= most;
    }
}
