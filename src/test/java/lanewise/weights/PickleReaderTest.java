package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opcodes that writers use, those that none needs, and the limits, on either side of each. */
class PickleReaderTest {
    @TempDir
    private Path folder;

    private Map<String, String> notes(PickleBytes pickle) throws IOException, WeightException {
        Path path = folder.resolve("net.pth");
        Files.write(path, HostileSeeds.archive(pickle.stop()));
        try (WeightFile file = WeightFile.open(path)) {
            return file.metadata();
        }
    }

    private void refused(PickleBytes pickle, String part) {
        WeightException e = assertThrows(WeightException.class, () -> notes(pickle));
        assertTrue(e.getMessage().contains(part), e.getMessage());
        Hostile.checkRefusal(folder.resolve("net.pth"), e);
    }

    private static PickleBytes dict() {
        return PickleBytes.protocol(4).op('}', '(');
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'a');
        return bytes;
    }

    @Test
    void everyKindOfValue() throws Exception {
        PickleBytes pickle = dict()
                .text("none").op('N').text("yes").op(0x88).text("no").op(0x89)
                .text("byte").op('K', 200).text("short").op('M', 1, 2).text("int").op('J').i32(-3)
                .text("long1").op(0x8a, 9).i64(-1).op(0).text("long4").op(0x8b).i32(2).op(1, 2).text("zero").op(0x8a, 0)
                .text("float").op('G').raw(ByteBuffer.allocate(8).putDouble(-1.5).array())
                .op(0x8c, 2, 'u', '4').op(0x8d).i64(3).raw("ü1".getBytes(StandardCharsets.UTF_8))
                .op('U', 2, 's', '1', 'T').i32(1).op('x')
                .text("bytes").op('C', 1, 0xff).text("more").op('B').i32(1).op(0xff).text("eight").op(0x8e).i64(1).op(0xff)
                .text("array").op(0x96).i64(1).op(0xff)
                .text("tuples").op(')', 0x85, 'N', 0x86, 'N', 'N', 0x87, '(', 'N', 't', 0x86)
                .text("list").op(']', '(', 'N', 'N', 'e', 'N', 'a')
                .text("set").op(0x8f, '(', 'N', 0x90).text("frozen").op('(', 'N', 0x91)
                .text("memo").text("again").op('q', 7, 'r').i32(300).text("same").op('h', 7).text("too").op('j').i32(300)
                .text("size").global("torch", "Size").op('(', 'K', 2, 't', 0x85, 'R')
                .text("other").global("numpy", "dtype").op(')', 'R', '}', 'b').op('u');
        // The last one is an unknown object, which only counts as a note beside the weights.
        PickleBytes wrapped = PickleBytes.protocol(2).op('}', '(').text("state_dict").op('}').text("x").op('K', 5)
                .text("other").global("numpy", "dtype").op(')', 'R', '}', 'b').op('u');
        assertEquals(Map.of("x", "5"), notes(wrapped));
        refused(pickle, "other: expected a tensor or a plain value, found an object of or reference to numpy.dtype");
    }

    @Test
    void numbersAndStringsAreNotes() throws Exception {
        assertEquals(Map.of("byte", "200", "int", "-3", "yes", "true", "float", "-1.5", "u4", "ü1", "s1", "x", "memo", "again",
                "same", "again", "long1", "16777215"), notes(dict()
                .text("byte").op('K', 200).text("int").op('J').i32(-3).text("yes").op(0x88)
                .text("float").op('G').raw(ByteBuffer.allocate(8).putDouble(-1.5).array())
                .op(0x8c, 2, 'u', '4').op(0x8d).i64(3).raw("ü1".getBytes(StandardCharsets.UTF_8))
                .op('U', 2, 's', '1', 'T').i32(1).op('x')
                .text("memo").text("again").op('q', 7).text("same").op('h', 7)
                .text("long1").op(0x8a, 4, 0xff, 0xff, 0xff, 0).op('u')));
    }

    /** PERSID, INST, OBJ, EXT1, NEWOBJ_EX, DUP, POP, POP_MARK, NEXT_BUFFER, FLOAT, INT, LONG, GET, PUT, STRING, UNICODE. */
    @ParameterizedTest
    @ValueSource(ints = {'P', 'i', 'o', 0x82, 0x92, '2', '0', '1', 0x97, 'F', 'I', 'L', 'g', 'p', 'S', 'V', 0, 0xff})
    void opcodesThatNoCheckpointNeeds(int opcode) {
        refused(PickleBytes.protocol(2).op('N', 'N', opcode, 'a', '\n'), "an opcode that checkpoints use, found 0x"
                + Integer.toHexString(opcode));
    }

    private void limit(String part, UnaryOperator<PickleBytes> at, UnaryOperator<PickleBytes> beyond) throws Exception {
        notes(at.apply(PickleBytes.protocol(4)));
        refused(beyond.apply(PickleBytes.protocol(4)), part);
    }

    private static PickleBytes repeat(PickleBytes pickle, int count, int... opcodes) {
        for (int i = 0; i < count; i++) {
            pickle.op(opcodes);
        }
        return pickle;
    }

    @Test
    void limitsOfDepthAndLength() throws Exception {
        limit("at most 64 nested values", p -> repeat(repeat(p.op('}').text("a"), 64, '('), 64, 't').op('s'),
                p -> repeat(p, 65, '('));
        limit("a memo of at most 1000000", p -> p.op('}', 'r').i32(999_999), p -> p.op('}', 'r').i32(1_000_000));
        limit("a line of at most 1024", p -> p.op('}').text("a").op('}').op('s'), p -> p.op('c').raw(bytes(1_025)).op('\n'));
        limit("an integer of at most 1024", p -> p.op('}').text("a").op(0x8b).i32(1_024).raw(bytes(1_024)).op('s'),
                p -> p.op(0x8b).i32(1_025).raw(bytes(1_025)));
        limit("a string of at most 16777216", p -> p.op('}').text("a").op('X').i32(16 << 20).raw(bytes(16 << 20)).op('s'),
                p -> p.op('X').i32((16 << 20) + 1).raw(bytes((16 << 20) + 1)));
        limit("pickle protocol 2 to 5", p -> p.op('}', 0x80, 5), p -> p.op(0x80, 6));
        limit("a frame inside the pickle", p -> p.op(0x95).i64(2).op('}'), p -> p.op(0x95).i64(4).op('}'));
        limit("tuple of at most 64", p -> tensor(p, new long[64]), p -> tensor(p, new long[65]));
    }

    @Test
    void limitsOfTensors() throws Exception {
        limit("1024 times the storage", p -> stretched(p, 256), p -> stretched(p, 256 + 16));
        limit("extents of at most 2^31 - 1", p -> stretched(p, 0), p -> stretched(p, 1L << 31));
    }

    private static PickleBytes tensor(PickleBytes pickle, long[] ones) {
        Arrays.fill(ones, 1);
        return pickle.op('}', '(').text("w").tensor("FloatStorage", "0", 16, 0, ones, ones).op('u');
    }

    /** Times 64 of the elements of a storage that has 16. */
    private static PickleBytes stretched(PickleBytes pickle, long times) {
        return pickle.op('}', '(').text("w")
                .tensor("FloatStorage", "0", 16, 0, new long[] {times, 64}, new long[] {0, 0}).op('u');
    }
}
