package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and tensors beyond 2 and 4 GiB, of holes that take no room on the disk. */
class LargeFilesTest {
    private static final long GIB = 1L << 30;

    @TempDir
    private Path folder;

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private static SparseBytes safetensors(String header) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return new SparseBytes()
                .append(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array()).append(text);
    }

    /** 2<sup>29</sup> + 3 elements, more than one read takes, then a tensor behind them. */
    @Test
    void tensorsBeyondTwoGibibytes() throws Exception {
        long bytes = 2 * GIB + 12;
        Path path = safetensors("""
                {"large":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]},\
                "small":{"dtype":"F32","shape":[2],"data_offsets":[%d,%d]}}""".formatted(bytes / 4, bytes, bytes, bytes + 8))
                .append(floats(1, 2)).hole(GIB - 8).append(floats(3)).hole(GIB - 4).append(floats(4, 5, 6)).append(floats(7, 8))
                .write(folder.resolve("large.safetensors"));
        try (WeightFile file = WeightFile.open(path); Arena arena = Arena.ofShared()) {
            assertArrayEquals(new float[] {7, 8}, file.tensors().get("small").toArray());
            WeightTensor large = file.tensors().get("large");
            assertEquals((1 << 29) + 3, large.elements());
            MemorySegment values = arena.allocate(bytes, 64);
            large.read(values);
            long[] places = {0, 1, 2, (1 << 28) - 1, 1 << 28, (1 << 28) + 1, (1 << 29) - 1, 1 << 29, (1 << 29) + 2};
            float[] expected = {1, 2, 0, 0, 3, 0, 0, 4, 6};
            for (int i = 0; i < places.length; i++) {
                assertEquals(expected[i], values.getAtIndex(ValueLayout.JAVA_FLOAT, places[i]), "element " + places[i]);
            }
        }
    }

    /** The elements that are wanted lie beyond the reach of 32-bit positions and sizes; the rest is never read. */
    @Test
    void archivesBeyondFourGibibytes() throws Exception {
        long elements = 5 * GIB / 4;
        byte[] pickle = PickleBytes.protocol(2).orderedDict()
                .text("late").tensor("FloatStorage", "0", elements, elements - 6, new long[] {2, 3}, new long[] {3, 1})
                .text("columns").tensor("FloatStorage", "0", elements, 0, new long[] {1, 2}, new long[] {1, elements - 1})
                .text("behind").tensor("FloatStorage", "1", 3, 0, new long[] {3}, new long[] {1})
                .endDict().stop();
        Path path = ZipBytes.wide().entry("net/data.pkl", pickle).hole("net/data/0", 5 * GIB).entry("net/data/1", floats(1, 2, 3))
                .end().write(folder.resolve("large.pth"));
        try (WeightFile file = WeightFile.open(path)) {
            assertArrayEquals(new float[6], file.tensors().get("late").toArray());
            assertArrayEquals(new float[2], file.tensors().get("columns").toArray());
            assertArrayEquals(new float[] {1, 2, 3}, file.tensors().get("behind").toArray());
        }
    }

    /** More elements than an int counts are described and refused only where an array is wanted. */
    @Test
    void safetensorsBeyondFourGibibytes() throws Exception {
        long bytes = 9 * GIB;
        Path path = safetensors("""
                {"bytes":{"dtype":"U8","shape":[9,1073741824],"data_offsets":[0,%d]},\
                "small":{"dtype":"F16","shape":[1],"data_offsets":[%d,%d]}}""".formatted(bytes, bytes, bytes + 2))
                .hole(bytes).append(new byte[] {0, 0x3C}).write(folder.resolve("large.safetensors"));
        try (WeightFile file = WeightFile.open(path)) {
            assertEquals(bytes, file.tensors().get("bytes").elements());
            assertArrayEquals(new float[] {1}, file.tensors().get("small").toArray());
        }
    }
}
