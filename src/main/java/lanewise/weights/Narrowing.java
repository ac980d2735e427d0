package lanewise.weights;

/** Conversion of float32 to the 16-bit types, each to the nearest value, ties to even; NaN stays NaN. */
final class Narrowing {
    private Narrowing() {}

    /** The bits of {@code value} as {@link DType#F16} or {@link DType#BF16}. */
    static short bits(float value, DType type) {
        return switch (type) {
            case F16 -> Float.floatToFloat16(value);
            case BF16 -> bfloat16(value);
            default -> throw new IllegalArgumentException(type + " does not have 16 bits");
        };
    }

    /** Whether a finite value becomes infinite. */
    static boolean overflows(float value, DType type) {
        float most = switch (type) {
            // Half a step beyond the largest number, where the tie goes to infinity.
            case F16 -> 0x1.ffep15f;
            case BF16 -> 0x1.ffp127f;
            default -> Float.POSITIVE_INFINITY;
        };
        return Math.abs(value) >= most && Float.isFinite(value);
    }

    /** The upper half of a float32. */
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // The quiet bit, so that a NaN whose other bits are all in the lower half does not become infinity.
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
