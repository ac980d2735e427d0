package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The writer: what it writes comes back, rounded as promised, and a failure leaves nothing. */
class SafetensorsTest {
    @TempDir
    private Path folder;

    private float[] roundTrip(DType type, float... values) throws WeightException {
        Path path = folder.resolve("values.safetensors");
        Safetensors.write(path, Map.of(), List.of(WeightTensor.of("w", values, values.length)), _ -> type);
        try (WeightFile file = WeightFile.open(path)) {
            assertEquals(type, file.tensors().get("w").dtype());
            return file.tensors().get("w").toArray();
        }
    }

    /** All 16-bit patterns: what the type can hold is not changed, NaN stays NaN. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void everyValueOfTheTypeIsKept(DType type) throws WeightException {
        float[] values = all(type);
        float[] back = roundTrip(type, values);
        for (int i = 0; i < values.length; i++) {
            if (Float.isNaN(values[i])) {
                assertTrue(Float.isNaN(back[i]), "pattern " + i);
            } else {
                assertEquals(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(back[i]), "pattern " + i);
            }
        }
    }

    private static float[] all(DType type) {
        float[] values = new float[1 << 16];
        for (int bits = 0; bits < values.length; bits++) {
            values[bits] = type == DType.BF16 ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat((short) bits);
        }
        return values;
    }

    /** Each neighbour of two adjacent values goes to the nearer one; half way between, to the one with the even pattern. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void everyGapRoundsToTheNearest(DType type) {
        float[] values = all(type);
        int gaps = 0;
        for (int bits = 0; bits < (1 << 15) - 1 && Float.isFinite(values[bits + 1]); bits++) {
            float low = values[bits];
            float middle = (float) ((low + (double) values[bits + 1]) / 2);
            short even = (short) (bits + (bits & 1));
            assertEquals((low + (double) values[bits + 1]) / 2, middle, "the middle is a float32");
            assertEquals(even, Narrowing.bits(middle, type));
            assertEquals((short) (even | 0x8000), Narrowing.bits(-middle, type));
            assertEquals((short) bits, Narrowing.bits(Math.nextDown(middle), type));
            assertEquals((short) (bits + 1), Narrowing.bits(Math.nextUp(middle), type));
            gaps++;
        }
        assertTrue(gaps > 31_000, gaps + " gaps");
    }

    /** Compared with decimal arithmetic that knows nothing of bits. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void randomValuesRoundToTheNearest(DType type) throws WeightException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[20_000];
        for (int i = 0; i < values.length; i++) {
            do {
                values[i] = i % 2 == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) random.nextDouble(-70_000, 70_000);
            } while (!Float.isFinite(values[i]) || Narrowing.overflows(values[i], type));
        }
        float[] back = roundTrip(type, values);
        for (int i = 0; i < values.length; i++) {
            BigDecimal error = distance(values[i], back[i]);
            int bits = Narrowing.bits(back[i], type) & 0xFFFF;
            for (int step : new int[] {-1, 1}) {
                float neighbour = value((short) (bits + step), type);
                if ((bits & 0x7FFF) != 0 && Float.isFinite(neighbour)) {
                    int compared = error.compareTo(distance(values[i], neighbour));
                    assertTrue(compared < 0 || compared == 0 && bits % 2 == 0, values[i] + " became " + back[i] + ", seed " + seed);
                }
            }
        }
    }

    private static float value(short bits, DType type) {
        return type == DType.BF16 ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat(bits);
    }

    private static BigDecimal distance(float a, float b) {
        return new BigDecimal(a).subtract(new BigDecimal(b)).abs();
    }

    @Test
    void valuesBeyondTheRangeAreRefused() throws Exception {
        assertArrayEquals(new float[] {65_504, -65_504}, roundTrip(DType.F16, Math.nextDown(65_520f), -65_504));
        Path before = folder.resolve("values.safetensors");
        byte[] kept = Files.readAllBytes(before);
        WeightException e = assertThrows(WeightException.class, () -> roundTrip(DType.F16, 1, -65_520));
        assertEquals("w: values in the range of F16: -65520.0", e.place() + ": " + e.expected() + ": " + e.found());
        assertArrayEquals(kept, Files.readAllBytes(before), "the old file stays");
        assertThrows(WeightException.class, () -> roundTrip(DType.BF16, Float.MAX_VALUE));
        float largest = 0x1.fep127f;
        assertArrayEquals(new float[] {largest}, roundTrip(DType.BF16, Math.nextDown(0x1.ffp127f)));
        float[] infinite = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
        assertArrayEquals(infinite, roundTrip(DType.F16, infinite));
        assertArrayEquals(infinite, roundTrip(DType.BF16, infinite));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(before), files.toList(), "no half file is left");
        }
    }

    @Test
    void manyTypesAndNotesComeBackInOrder() throws Exception {
        Path path = folder.resolve("mixed.safetensors");
        Map<String, DType> types = new LinkedHashMap<>();
        types.put("z", DType.F16);
        types.put("a", DType.F32);
        types.put("empty", DType.BF16);
        types.put("scalar", DType.BF16);
        Map<String, String> notes = Map.of("b", "ü\n\"", "a", "", "c", "3");
        List<WeightTensor> tensors = List.of(WeightTensor.of("z", new float[] {1, 2, 3}, 3, 1),
                WeightTensor.of("a", new float[] {0.1f, -0f}, 2), WeightTensor.of("empty", new float[0], 0, 5),
                WeightTensor.of("scalar", new float[] {-1.5f}));
        Safetensors.write(path, notes, tensors, tensor -> types.get(tensor.name()));
        byte[] first = Files.readAllBytes(path);
        try (WeightFile file = WeightFile.open(path)) {
            assertEquals(notes, file.metadata());
            assertEquals(List.copyOf(types.keySet()), List.copyOf(file.tensors().keySet()));
            for (WeightTensor tensor : tensors) {
                WeightTensor back = file.tensors().get(tensor.name());
                assertEquals(types.get(tensor.name()), back.dtype());
                assertEquals(tensor.dims(), back.dims());
                assertArrayEquals(tensor.toArray(), back.toArray());
            }
        }
        Safetensors.write(path, new LinkedHashMap<>(Map.of("c", "3", "a", "", "b", "ü\n\"")), tensors,
                tensor -> types.get(tensor.name()));
        assertArrayEquals(first, Files.readAllBytes(path), "the same contents give the same bytes");
    }

    @Test
    void mistakesOfTheCallerAreNamed() {
        WeightTensor one = WeightTensor.of("w", new float[1], 1);
        Path path = folder.resolve("x.safetensors");
        assertThrows(IllegalArgumentException.class, () -> Safetensors.write(path, Map.of(), List.of(one, one)));
        assertThrows(IllegalArgumentException.class, () -> Safetensors.write(path, Map.of(), List.of(one), _ -> DType.F64));
        assertThrows(IllegalArgumentException.class, () -> Safetensors.write(path, Map.of(),
                List.of(WeightTensor.of("__metadata__", new float[1], 1))));
        WeightException e = assertThrows(WeightException.class,
                () -> Safetensors.write(folder.resolve("no/folder"), Map.of(), List.of(one)));
        assertEquals("no such folder", e.found());
    }

    /** A tensor that cannot be read leaves the old file and no half one. */
    @Test
    void aFailureLeavesWhatWasThere() throws IOException, WeightException {
        Path path = folder.resolve("x.safetensors");
        Safetensors.write(path, Map.of(), List.of(WeightTensor.of("w", new float[] {3}, 1)));
        byte[] before = Files.readAllBytes(path);
        WeightTensor broken = new Broken();
        assertThrows(WeightException.class, () -> Safetensors.write(path, Map.of(), List.of(broken)));
        assertArrayEquals(before, Files.readAllBytes(path));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    private record Broken() implements WeightTensor {
        @Override
        public String name() {
            return "w";
        }

        @Override
        public List<Integer> dims() {
            return List.of(1);
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public void read(MemorySegment destination) throws WeightException {
            throw new WeightException("f", "w", "data", "none", "");
        }
    }

    @Test
    void aFileThatFailsItsLastCheckDoesNotTakeTheOldOnesPlace(@TempDir Path folder) throws Exception {
        Path path = Files.writeString(folder.resolve("w.safetensors"), "old");
        WeightException wrong = new WeightException("source", "", "the same file", "another", "");
        assertSame(wrong, assertThrows(WeightException.class, () -> Safetensors.write(path, Map.of(),
                List.of(WeightTensor.of("w", new float[1], 1)), _ -> DType.F32, () -> {
                    throw wrong;
                })));
        assertEquals("old", Files.readString(path));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }
}
