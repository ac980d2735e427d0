package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each invariant of the format, in files that differ from a sound one by what breaks it. */
class SafetensorsReaderTest {
    private static final String A = "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";
    private static final String B = "'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}";

    @TempDir
    private Path folder;

    private Path write(String header, int data) throws IOException {
        byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return Files.write(folder.resolve("net.safetensors"), ByteBuffer.allocate(8 + text.length + data)
                .order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).array());
    }

    private void refused(String header, int data, String part) throws IOException {
        Path path = write(header, data);
        WeightException e = assertThrows(WeightException.class, () -> WeightFile.open(path).close(), header);
        Hostile.checkRefusal(path, e);
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void theSoundFile() throws Exception {
        assertTrue(Hostile.accepts(write("{" + A + "," + B + "}", 12)));
        assertTrue(Hostile.accepts(write(" \n{" + B + "," + A + ",'__metadata__':{}} \t\r\n", 12)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [0,8]    | [1,9]                      | a range that starts at 0
            [0,8]    | [8,0]                      | a range that starts at 0
            [0,8]    | [0,7]                      | 64 bits for F32 (2), found 7 bytes
            [8,12]   | [7,11]                     | a range that starts at 8
            [8,12]   | [0,12]                     | a range that starts at 8
            [8,12]   | [9,13]                     | a range that starts at 8
            [8,12]   | [8,9223372036854775807]    | shape and data_offsets disagree
            [8,12]   | [8,18446744073709551628]   | a whole number from 0 to 2^63 - 1
            [8,12]   | [-8,12]                    | a whole number from 0 to 2^63 - 1
            [8,12]   | [8]                        | 2 numbers, found 1
            [8,12]   | [8,12,16]                  | at most 2 numbers
            [8,12]   | [8.0,12]                   | VALUE_NUMBER_INT
            [8,12]   | '8'                        | START_ARRAY
            [1]      | [2147483648]               | extents of at most 2^31 - 1
            [1]      | [65536,65536,65536,65536]  | a size below 2^63 bits
            [1]      | [-1]                       | a whole number from 0 to 2^63 - 1
            [1]      | [true]                     | VALUE_NUMBER_INT
            [1]      | [1e0]                      | VALUE_NUMBER_INT
            'F32'    | 'F33'                      | a safetensors element type such as F32, found 'F33'
            'F32'    | 7                          | VALUE_STRING
            'F32'    | 'F4'                       | 8 bits for F4 (2), found 8 bytes
            'shape'  | 'form'                     | the fields dtype, shape and data_offsets, found 'form'
            'b'      | 'a'                        | Duplicate
            'b'      | '\\ud800'                  | half a surrogate pair
            'b'      | '__metadata__'             | VALUE_STRING
            'F32','s | 'F32','dtype':'F32','s     | Duplicate
            """)
    void oneChange(String right, String wrong, String part) throws IOException {
        String sound = "{" + A + "," + B + "}";
        assertTrue(sound.contains(right), right);
        refused(sound.replace(right, wrong), 12, part);
    }

    @Test
    void lengths() throws IOException {
        refused("{" + A + "," + B + "}", 11, "data: expected 12 bytes, as the header says, found 11 bytes");
        refused("{" + A + "," + B + "}", 13, "data: expected 12 bytes, as the header says, found 13 bytes");
        refused("{" + A + "," + B + "} {}", 12, "one JSON object");
        for (long length : new long[] {-1, Long.MIN_VALUE, -8, 100_000_001, 3, 0, 1L << 32}) {
            Path path = Files.write(folder.resolve("length"),
                    ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put("{}".getBytes()).array());
            Hostile.checkRefusal(path, assertThrows(WeightException.class, () -> WeightFile.open(path).close(), length + ""));
        }
    }

    @Test
    void limits() throws Exception {
        String name = "n".repeat(1 << 16);
        assertTrue(Hostile.accepts(write("{'" + name + "':{'dtype':'F32','shape':[],'data_offsets':[0,4]}}", 4)));
        refused("{'" + name + "n':{'dtype':'F32','shape':[],'data_offsets':[0,4]}}", 4, "exceeds the maximum allowed");
        String dims = "1,".repeat(63) + "1";
        assertTrue(Hostile.accepts(write("{'a':{'dtype':'F32','shape':[" + dims + "],'data_offsets':[0,4]}}", 4)));
        refused("{'a':{'dtype':'F32','shape':[" + dims + ",1],'data_offsets':[0,4]}}", 4, "at most 64 numbers");
        refused("{'a':" + "[".repeat(100_000), 0, "START_OBJECT");
        refused("{'a':{'dtype':'F32','shape':[" + "1".repeat(1_000_000) + "],'data_offsets':[0,4]}}", 4, "exceeds the maximum");
    }

    /** The values start at any byte. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void unalignedValues(int spaces) throws Exception {
        String header = "{'o':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'f':{'dtype':'F32','shape':[2],'data_offsets':[1,9]},"
                + "'h':{'dtype':'F16','shape':[1],'data_offsets':[9,11]}}" + " ".repeat(spaces);
        Path path = write(header, 11);
        byte[] bytes = Files.readAllBytes(path);
        ByteBuffer.wrap(bytes, bytes.length - 10, 10).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-2)
                .putShort((short) 0x3C00);
        Files.write(path, bytes);
        try (WeightFile file = WeightFile.open(path)) {
            assertArrayEquals(new float[] {1.5f, -2}, file.tensors().get("f").toArray());
            assertArrayEquals(new float[] {1}, file.tensors().get("h").toArray());
            assertEquals("[o, f, h]", Arrays.toString(file.tensors().keySet().toArray()));
        }
    }

    @Test
    void otherFormatsAreNamed() throws IOException {
        for (String[] known : new String[][] {{"GGUF\3\0\0\0", "a GGUF file"}, {"\u0089HDF\r\n\u001a\n", "an HDF5 file"},
                {"<!DOCTYPE html>", "a web page"}, {"version https://git-lfs.github.com", "a Git LFS pointer"},
                {"\u001f\u008b\b\0\0\0\0\0\0", "a compressed archive"}, {"\b\7\22\7pytorch\32\0051.13.", "an ONNX graph"},
                {"\u0093NUMPY\1\0v\0", "a NumPy array"}, {"\u0080\2}q\0.      ", "a bare pickle"}}) {
            Path path = Files.write(folder.resolve("known"), known[0].getBytes(StandardCharsets.ISO_8859_1));
            WeightException e = assertThrows(WeightException.class, () -> WeightFile.open(path).close());
            assertTrue(e.found().startsWith(known[1]), e.getMessage());
            Hostile.checkRefusal(path, e);
        }
    }
}
