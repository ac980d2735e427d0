package lanewise.weights;

/**
 * The element types a checkpoint may hold. All are listed; {@link #readable()} tells which convert to float32.
 * The names are those of the safetensors format.
 */
public enum DType {
    F64(64, true),
    F32(32, true),
    F16(16, true),
    BF16(16, true),
    I64(64, true),
    I32(32, true),
    I16(16, true),
    I8(8, true),
    U64(64, true),
    U32(32, true),
    U16(16, true),
    U8(8, true),
    BOOL(8, true),
    C64(64, false),
    F8_E5M2(8, false),
    F8_E4M3(8, false),
    F8_E8M0(8, false),
    F8_E4M3FNUZ(8, false),
    F8_E5M2FNUZ(8, false),
    F6_E2M3(6, false),
    F6_E3M2(6, false),
    F4(4, false);

    private final int bits;
    private final boolean readable;

    DType(int bits, boolean readable) {
        this.bits = bits;
        this.readable = readable;
    }

    /** Bits of one element; types below a byte are packed. */
    public int bits() {
        return bits;
    }

    /** Bytes of one element; 1 for the packed types below a byte. */
    public int bytes() {
        return (bits + 7) / 8;
    }

    /** Whether {@link WeightTensor#read} can convert the elements to float32. */
    public boolean readable() {
        return readable;
    }
}
