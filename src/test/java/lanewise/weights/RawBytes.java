package lanewise.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The elements of a tensor in its own type, row-major, little-endian, as a file gives them. */
record RawBytes(DType dtype, byte[] bytes) {
    static RawBytes of(WeightTensor tensor) throws WeightException {
        int step = tensor.dtype().bytes();
        byte[] bytes = new byte[(int) (tensor.elements() * step)];
        ((StoredTensor) tensor).copy((source, at, index, count) ->
                source.get(at, bytes, (int) index * step, count * step));
        return new RawBytes(tensor.dtype(), bytes);
    }

    String sha256() throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** Element {@code index} as a double; exact for all types but 64-bit integers beyond 2^53. */
    double number(int index) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(index * dtype.bytes());
        return switch (dtype) {
            case F64 -> in.getDouble();
            case F32 -> in.getFloat();
            case F16 -> Float.float16ToFloat(in.getShort());
            case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
            case I64 -> in.getLong();
            case I32 -> in.getInt();
            case I16 -> in.getShort();
            case I8 -> in.get();
            case U8, BOOL -> in.get() & 0xFF;
            case U64, U32, U16, C64, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, F6_E2M3, F6_E3M2, F4 ->
                    throw new AssertionError("no test needs " + dtype);
        };
    }
}
