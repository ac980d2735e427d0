package lanewise.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Conversion of stored elements to float32, each to the nearest value, ties to even. */
final class Elements {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Elements() {}

    /** Takes {@code count} adjacent elements, which start at byte {@code at} of {@code source}, as number {@code index} and on. */
    @FunctionalInterface
    interface Sink {
        void put(MemorySegment source, long at, long index, long count);
    }

    @FunctionalInterface
    private interface Conversion {
        float at(MemorySegment source, long at);
    }

    static void checkSize(MemorySegment destination, long elements) {
        if (destination.byteSize() != Math.multiplyExact(elements, Float.BYTES)) {
            throw new IllegalArgumentException(elements + " elements need " + elements * Float.BYTES
                    + " bytes, the destination has " + destination.byteSize());
        }
    }

    /**
     * A sink that converts elements of a {@linkplain DType#readable() readable} type and byte order to float32 in
     * native order.
     */
    static Sink into(MemorySegment destination, DType dtype, ByteOrder order) {
        if (dtype == DType.F32) {
            ValueLayout.OfFloat stored = FLOAT.withOrder(order);
            return (source, at, index, count) ->
                    MemorySegment.copy(source, stored, at, destination, FLOAT, index * Float.BYTES, count);
        }
        Conversion conversion = conversion(dtype, order);
        int step = dtype.bytes();
        return (source, at, index, count) -> {
            for (long i = 0; i < count; i++) {
                destination.setAtIndex(FLOAT, index + i, conversion.at(source, at + i * step));
            }
        };
    }

    private static Conversion conversion(DType dtype, ByteOrder order) {
        ValueLayout.OfDouble f64 = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order);
        ValueLayout.OfLong i64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order);
        ValueLayout.OfInt i32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(order);
        ValueLayout.OfShort i16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
        ValueLayout.OfByte i8 = ValueLayout.JAVA_BYTE;
        return switch (dtype) {
            case F64 -> (source, at) -> (float) source.get(f64, at);
            case F16 -> (source, at) -> Float.float16ToFloat(source.get(i16, at));
            case BF16 -> (source, at) -> Float.intBitsToFloat(source.get(i16, at) << 16);
            case I64 -> (source, at) -> source.get(i64, at);
            case I32 -> (source, at) -> source.get(i32, at);
            case I16 -> (source, at) -> source.get(i16, at);
            case I8 -> (source, at) -> source.get(i8, at);
            case U64 -> (source, at) -> unsigned(source.get(i64, at));
            case U32 -> (source, at) -> Integer.toUnsignedLong(source.get(i32, at));
            case U16 -> (source, at) -> Short.toUnsignedInt(source.get(i16, at));
            case U8 -> (source, at) -> Byte.toUnsignedInt(source.get(i8, at));
            case BOOL -> (source, at) -> source.get(i8, at) == 0 ? 0 : 1;
            case F32, C64, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, F6_E2M3, F6_E3M2, F4 ->
                    throw new IllegalArgumentException(dtype + " is not converted");
        };
    }

    private static float unsigned(long value) {
        if (value >= 0) {
            return value;
        }
        // Halving frees the sign; or-ing the lost bit in keeps a tie from looking exact.
        return 2 * (float) (value >>> 1 | value & 1);
    }
}
