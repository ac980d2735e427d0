package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTensorTest {
    @TempDir
    private Path folder;

    private float[] read(DType dtype, ByteOrder order, int elements, Consumer<ByteBuffer> fill) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(1 + elements * dtype.bytes()).order(order).position(1);
        fill.accept(bytes);
        assertEquals(0, bytes.remaining());
        Path path = Files.write(folder.resolve("values"), bytes.array());
        try (FileBytes file = FileBytes.open(path)) {
            return StoredTensor.contiguous(file, "w", List.of(elements), dtype, order, 1).toArray();
        }
    }

    @Test
    void everyHalfIsExact() throws Exception {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            // Twice, so that the compiled conversion is judged too.
            for (int run = 0; run < 2; run++) {
                float[] values = read(DType.F16, order, 1 << 16, bytes -> {
                    for (int bits = 0; bits < 1 << 16; bits++) {
                        bytes.putShort((short) bits);
                    }
                });
                for (int bits = 0; bits < 1 << 16; bits++) {
                    assertEquals(half(bits), values[bits]);
                }
                assertEquals(Integer.MIN_VALUE, Float.floatToRawIntBits(values[0x8000]));
            }
        }
    }

    /** IEEE 754 binary16 from its definition. */
    private static float half(int bits) {
        int exponent = bits >> 10 & 31;
        int fraction = bits & 1023;
        double magnitude = exponent == 0 ? fraction * 0x1p-24
                : exponent < 31 ? (1024 + fraction) * Math.pow(2, exponent - 25)
                : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        return (float) (bits < 0x8000 ? magnitude : -magnitude);
    }

    @Test
    void everyTypeConvertsInBothOrders() throws Exception {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            assertArrayEquals(new float[] {1.5f, -0f, Float.NaN}, read(DType.F32, order, 3,
                    b -> b.putFloat(1.5f).putFloat(-0f).putFloat(Float.NaN)));
            assertArrayEquals(new float[] {1.5f, -2.5f, Float.NEGATIVE_INFINITY}, read(DType.BF16, order, 3,
                    b -> b.putShort((short) 0x3FC0).putShort((short) 0xC020).putShort((short) 0xFF80)));
            // Ties between neighbours go to the even one; beyond the range lies infinity.
            assertArrayEquals(new float[] {1, 1 + 0x1p-22f, Float.POSITIVE_INFINITY, Float.MIN_VALUE, 0},
                    read(DType.F64, order, 5, b -> b.putDouble(1 + 0x1p-24).putDouble(1 + 0x1.8p-23).putDouble(1e300)
                            .putDouble(0x1.8p-150).putDouble(0x1p-150)));
            assertArrayEquals(new float[] {16_777_216, -16_777_220, 0x1p63f, -0x1p63f}, read(DType.I64, order, 4,
                    b -> b.putLong(16_777_217).putLong(-16_777_219).putLong(Long.MAX_VALUE).putLong(Long.MIN_VALUE)));
            assertArrayEquals(new float[] {0x1p64f, 0x1p63f, 0x1.000002p63f, 7}, read(DType.U64, order, 4,
                    b -> b.putLong(-1).putLong(Long.MIN_VALUE).putLong(0x8000_0080_0000_0001L).putLong(7)));
            assertArrayEquals(new float[] {-2, 0x1p31f}, read(DType.I32, order, 2, b -> b.putInt(-2).putInt(Integer.MAX_VALUE)));
            assertArrayEquals(new float[] {0x1p32f, 7}, read(DType.U32, order, 2, b -> b.putInt(-1).putInt(7)));
            assertArrayEquals(new float[] {-2, 258}, read(DType.I16, order, 2, b -> b.putShort((short) -2).putShort((short) 258)));
            assertArrayEquals(new float[] {65_534}, read(DType.U16, order, 1, b -> b.putShort((short) -2)));
            assertArrayEquals(new float[] {-2, 255 - 128}, read(DType.I8, order, 2, b -> b.put((byte) -2).put((byte) 127)));
            assertArrayEquals(new float[] {254}, read(DType.U8, order, 1, b -> b.put((byte) -2)));
            assertArrayEquals(new float[] {0, 1, 1}, read(DType.BOOL, order, 3, b -> b.put((byte) 0).put((byte) 1).put((byte) 2)));
        }
    }

    @Test
    void typesWithoutConversionAreRefusedWhenRead() {
        WeightException e = assertThrows(WeightException.class,
                () -> read(DType.F8_E4M3, ByteOrder.LITTLE_ENDIAN, 1, b -> b.put((byte) 1)));
        assertEquals("w", e.place());
        assertEquals("F8_E4M3", e.found());
    }

    private Path ramp(int elements) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            bytes.putFloat(i);
        }
        return Files.write(folder.resolve("ramp"), bytes.array());
    }

    @Test
    void viewsAreGathered() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (FileBytes file = FileBytes.open(ramp(5_000))) {
            for (int round = 0; round < 300; round++) {
                int rank = random.nextInt(5);
                Integer[] dims = new Integer[rank];
                Long[] strides = new Long[rank];
                for (int i = 0; i < rank; i++) {
                    dims[i] = random.nextInt(1, 6);
                    strides[i] = random.nextLong(0, 200);
                }
                check(file, List.of(dims), List.of(strides), random.nextInt(100), seed);
            }
        }
    }

    /** More than fits the reading window: the walk goes through the file in its own order. */
    @Test
    void largeTransposedTensorsAreGathered() throws Exception {
        try (FileBytes file = FileBytes.open(ramp(700 * 900))) {
            check(file, List.of(900, 700), List.of(1L, 900L), 0, 0);
            check(file, List.of(7, 900, 100), List.of(900L, 1L, 6_300L), 0, 0);
            check(file, List.of(3, 700, 400), List.of(0L, 900L, 2L), 5, 0);
            check(file, List.of(700 * 900 - 5), List.of(1L), 5, 0);
        }
    }

    private static void check(FileBytes file, List<Integer> dims, List<Long> strides, int offset, long seed)
            throws WeightException {
        float[] values = new StoredTensor(file, StoredTensor.Check.NONE, "w", dims, DType.F32, ByteOrder.LITTLE_ENDIAN,
                offset * 4L, strides).toArray();
        for (int index = 0; index < values.length; index++) {
            long at = offset;
            int rest = index;
            for (int axis = dims.size() - 1; axis >= 0; axis--) {
                at += rest % dims.get(axis) * strides.get(axis);
                rest /= dims.get(axis);
            }
            assertEquals(at, values[index], () -> dims + " " + strides + " seed " + seed);
        }
    }

    @Test
    void largeOverlappingViewsAreRefused() throws Exception {
        try (FileBytes file = FileBytes.open(ramp(600_000))) {
            StoredTensor tensor = new StoredTensor(file, StoredTensor.Check.NONE, "w", List.of(2, 2), DType.F32,
                    ByteOrder.LITTLE_ENDIAN, 0, List.of(299_999L, 299_999L));
            assertTrue(assertThrows(WeightException.class, tensor::toArray).getMessage().contains("overlapping"));
        }
    }

    @Test
    void destinationsMayBeNativeAndMustFit() throws Exception {
        try (FileBytes file = FileBytes.open(ramp(3)); Arena arena = Arena.ofShared()) {
            StoredTensor tensor = StoredTensor.contiguous(file, "w", List.of(3), DType.F32, ByteOrder.LITTLE_ENDIAN, 0);
            MemorySegment exact = arena.allocate(12);
            tensor.read(exact);
            assertEquals(2, exact.getAtIndex(ValueLayout.JAVA_FLOAT, 2));
            assertThrows(IllegalArgumentException.class, () -> tensor.read(arena.allocate(16)));
        }
    }

    /** 255 bytes are what file systems allow; the file under construction has a name of its own. */
    @Test
    void filesMayHaveTheLongestNames() throws Exception {
        Path path = folder.resolve("n".repeat(243) + ".safetensors");
        Safetensors.write(path, Map.of(), List.of(WeightTensor.of("w", new float[] {3}, 1)));
        try (WeightFile file = WeightFile.open(path)) {
            assertArrayEquals(new float[] {3}, file.tensors().get("w").toArray());
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    @Test
    void fileCutShortWhileOpen() throws Exception {
        Path path = folder.resolve("model.safetensors");
        Safetensors.write(path, Map.of(), List.of(WeightTensor.of("w", new float[100_000], 100_000)));
        try (WeightFile file = WeightFile.open(path)) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(4_096);
            }
            WeightException e = assertThrows(WeightException.class, file.tensors().get("w")::toArray);
            assertTrue(e.getMessage().contains("cut short"), e.getMessage());
            assertEquals("w", e.place());
        }
    }

    @Test
    void readingAfterCloseSaysSo() throws Exception {
        Path path = folder.resolve("model.safetensors");
        Safetensors.write(path, Map.of(), List.of(WeightTensor.of("w", new float[2], 2)));
        WeightFile file = WeightFile.open(path);
        file.close();
        file.close();
        WeightException e = assertThrows(WeightException.class, file.tensors().get("w")::toArray);
        assertTrue(e.cure().contains("before closing"), e.getMessage());
    }
}
