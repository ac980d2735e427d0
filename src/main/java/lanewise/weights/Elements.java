package lanewise.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Conversion of stored elements to float32, each to the nearest value, ties to even. */
final class Elements {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    /** Elements converted together, in the first-level cache. */
    private static final int PIECE = 4_096;

    private Elements() {}

    /** Takes {@code count} adjacent elements, which start at byte {@code at} of {@code source}, as number {@code index} and on. */
    @FunctionalInterface
    interface Sink {
        void put(byte[] source, int at, long index, int count);
    }

    @FunctionalInterface
    private interface Conversion {
        float at(byte[] source, int at);
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
        Conversion conversion = conversion(dtype, order);
        int step = dtype.bytes();
        float[] piece = new float[(int) Math.min(PIECE, destination.byteSize() / Float.BYTES)];
        return (source, at, index, count) -> {
            for (int done = 0; done < count; done += piece.length) {
                int length = Math.min(piece.length, count - done);
                for (int i = 0; i < length; i++) {
                    piece[i] = conversion.at(source, at + (done + i) * step);
                }
                MemorySegment.copy(piece, 0, destination, FLOAT, (index + done) * Float.BYTES, length);
            }
        };
    }

    private static Conversion conversion(DType dtype, ByteOrder order) {
        VarHandle f32 = MethodHandles.byteArrayViewVarHandle(float[].class, order);
        VarHandle f64 = MethodHandles.byteArrayViewVarHandle(double[].class, order);
        VarHandle i64 = MethodHandles.byteArrayViewVarHandle(long[].class, order);
        VarHandle i32 = MethodHandles.byteArrayViewVarHandle(int[].class, order);
        VarHandle i16 = MethodHandles.byteArrayViewVarHandle(short[].class, order);
        return switch (dtype) {
            case F64 -> (source, at) -> (float) (double) f64.get(source, at);
            case F32 -> (source, at) -> (float) f32.get(source, at);
            case F16 -> (source, at) -> Float.float16ToFloat((short) i16.get(source, at));
            case BF16 -> (source, at) -> Float.intBitsToFloat((short) i16.get(source, at) << 16);
            case I64 -> (source, at) -> (long) i64.get(source, at);
            case I32 -> (source, at) -> (int) i32.get(source, at);
            case I16 -> (source, at) -> (short) i16.get(source, at);
            case I8 -> (source, at) -> source[at];
            case U64 -> (source, at) -> unsigned((long) i64.get(source, at));
            case U32 -> (source, at) -> Integer.toUnsignedLong((int) i32.get(source, at));
            case U16 -> (source, at) -> Short.toUnsignedInt((short) i16.get(source, at));
            case U8 -> (source, at) -> Byte.toUnsignedInt(source[at]);
            case BOOL -> (source, at) -> source[at] == 0 ? 0 : 1;
            case C64, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, F6_E2M3, F6_E3M2, F4 ->
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
