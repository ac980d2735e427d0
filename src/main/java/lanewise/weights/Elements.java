package lanewise.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/** Conversion of stored elements to float32, each to the nearest value, ties to even. */
final class Elements {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    /** Elements converted together, in the first-level cache. */
    private static final int PIECE = 4_096;

    private Elements() {}

    /** Takes {@code count} adjacent elements, which start at byte {@code at} of {@code source}, as number {@code index} and on. */
    @FunctionalInterface
    interface Sink {
        /** @param source of the byte order of the elements; its position does not matter */
        void put(ByteBuffer source, int at, long index, int count);
    }

    /** Of one type. */
    @FunctionalInterface
    private interface Conversion {
        float at(ByteBuffer source, int at);

        /** Converts adjacent elements. */
        default void all(ByteBuffer source, int at, float[] target, int count, int step) {
            for (int i = 0; i < count; i++) {
                target[i] = at(source, at + i * step);
            }
        }
    }

    static void checkSize(MemorySegment destination, long elements) {
        if (destination.byteSize() != Math.multiplyExact(elements, Float.BYTES)) {
            throw new IllegalArgumentException(elements + " elements need " + elements * Float.BYTES
                    + " bytes, the destination has " + destination.byteSize());
        }
    }

    /** A sink that converts elements of a {@linkplain DType#readable() readable} type to float32 in native order. */
    static Sink into(MemorySegment destination, DType dtype) {
        Conversion conversion = conversion(dtype);
        int step = dtype.bytes();
        float[] piece = new float[(int) Math.min(PIECE, destination.byteSize() / Float.BYTES)];
        return (source, at, index, count) -> {
            if (count == 1) {
                destination.setAtIndex(FLOAT, index, conversion.at(source, at));
                return;
            }
            for (int done = 0; done < count; done += piece.length) {
                int length = Math.min(piece.length, count - done);
                conversion.all(source, at + done * step, piece, length, step);
                MemorySegment.copy(piece, 0, destination, FLOAT, (index + done) * Float.BYTES, length);
            }
        };
    }

    private static Conversion conversion(DType dtype) {
        return switch (dtype) {
            case F64 -> (source, at) -> (float) source.getDouble(at);
            case F32 -> new Singles();
            case F16 -> new Halves();
            case BF16 -> new UpperHalves();
            case I64 -> (source, at) -> source.getLong(at);
            case I32 -> (source, at) -> source.getInt(at);
            case I16 -> (source, at) -> source.getShort(at);
            case I8 -> (source, at) -> source.get(at);
            case U64 -> (source, at) -> unsigned(source.getLong(at));
            case U32 -> (source, at) -> Integer.toUnsignedLong(source.getInt(at));
            case U16 -> (source, at) -> Short.toUnsignedInt(source.getShort(at));
            case U8 -> (source, at) -> Byte.toUnsignedInt(source.get(at));
            case BOOL -> (source, at) -> source.get(at) == 0 ? 0 : 1;
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

    private static final class Singles implements Conversion {
        @Override
        public float at(ByteBuffer source, int at) {
            return source.getFloat(at);
        }

        @Override
        public void all(ByteBuffer source, int at, float[] target, int count, int step) {
            source.position(at).asFloatBuffer().get(target, 0, count);
        }
    }

    /** From arrays, whose loops the compiler turns into vectors. */
    private static final class Halves implements Conversion {
        private final short[] halves = new short[PIECE];

        @Override
        public float at(ByteBuffer source, int at) {
            return Float.float16ToFloat(source.getShort(at));
        }

        @Override
        public void all(ByteBuffer source, int at, float[] target, int count, int step) {
            source.position(at).asShortBuffer().get(halves, 0, count);
            for (int i = 0; i < count; i++) {
                target[i] = Float.float16ToFloat(halves[i]);
            }
        }
    }

    private static final class UpperHalves implements Conversion {
        private final short[] halves = new short[PIECE];

        @Override
        public float at(ByteBuffer source, int at) {
            return Float.intBitsToFloat(source.getShort(at) << 16);
        }

        @Override
        public void all(ByteBuffer source, int at, float[] target, int count, int step) {
            source.position(at).asShortBuffer().get(halves, 0, count);
            for (int i = 0; i < count; i++) {
                target[i] = Float.intBitsToFloat(halves[i] << 16);
            }
        }
    }
}
