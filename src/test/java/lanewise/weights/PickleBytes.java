package lanewise.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode, as Python's writers do. */
final class PickleBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Starts with the opcode PROTO. */
    static PickleBytes protocol(int version) {
        return new PickleBytes().op(0x80, version);
    }

    PickleBytes op(int... bytes) {
        for (int one : bytes) {
            out.write(one);
        }
        return this;
    }

    PickleBytes i32(int value) {
        return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    PickleBytes i64(long value) {
        return raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }

    PickleBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** BINUNICODE. */
    PickleBytes text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return op('X').i32(bytes.length).raw(bytes);
    }

    /** BININT1, BININT or LONG1, as Python chooses. */
    PickleBytes integer(long value) {
        if (value >= 0 && value < 256) {
            return op('K', (int) value);
        }
        return value == (int) value ? op('J').i32((int) value) : op(0x8a, 8).i64(value);
    }

    PickleBytes global(String module, String name) {
        return op('c').raw((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A tuple of integers. */
    PickleBytes tuple(long... values) {
        op('(');
        for (long value : values) {
            integer(value);
        }
        return op('t');
    }

    /** {@code OrderedDict()} and a mark; items follow, then {@link #endDict}. */
    PickleBytes orderedDict() {
        return global("collections", "OrderedDict").op(')', 'R', '(');
    }

    PickleBytes endDict() {
        return op('u');
    }

    /** A persistent id of a storage on the processor. */
    PickleBytes storage(String type, String key, long elements) {
        return op('(').text("storage").global("torch", type).text(key).text("cpu").integer(elements).op('t', 'Q');
    }

    /** {@code _rebuild_tensor_v2(storage, offset, dims, strides, False, OrderedDict())}. */
    PickleBytes tensor(String type, String key, long elements, long offset, long[] dims, long[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2").op('(').storage(type, key, elements).integer(offset)
                .tuple(dims).tuple(strides).op(0x89).global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    /** STOP. */
    byte[] stop() {
        return op('.').out.toByteArray();
    }

    byte[] toArray() {
        return out.toByteArray();
    }
}
