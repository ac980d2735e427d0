package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PyTorch's archives, byte by byte as PyTorch and others write them. */
class TorchZipTest {
    @TempDir
    private Path folder;

    private static byte[] ramp(int elements, ByteOrder order) {
        ByteBuffer bytes = ByteBuffer.allocate(elements * Float.BYTES).order(order);
        for (int i = 0; i < elements; i++) {
            bytes.putFloat(i);
        }
        return bytes.array();
    }

    private static byte[] pickle() {
        return PickleBytes.protocol(2).orderedDict()
                .text("whole").tensor("FloatStorage", "0", 12, 0, new long[] {3, 4}, new long[] {4, 1})
                .text("transposed").tensor("FloatStorage", "0", 12, 0, new long[] {4, 3}, new long[] {1, 4})
                .text("part").tensor("FloatStorage", "0", 12, 5, new long[] {2, 2}, new long[] {4, 2})
                .text("repeated").tensor("FloatStorage", "0", 12, 7, new long[] {2, 3}, new long[] {0, 0})
                .text("channels_last").tensor("FloatStorage", "0", 12, 0, new long[] {1, 2, 2, 3}, new long[] {12, 1, 6, 2})
                .endDict().stop();
    }

    private static ZipBytes around(ZipBytes zip, byte[] pickle, byte[] values) {
        return zip.entry("archive/data.pkl", pickle).entry("archive/data/0", values).entry("archive/version", "3\n");
    }

    private WeightFile open(ZipBytes zip) throws IOException, WeightException {
        return WeightFile.open(zip.end().write(folder.resolve("net.pth")));
    }

    private static void checkViews(WeightFile file) throws WeightException {
        Map<String, WeightTensor> tensors = file.tensors();
        assertEquals(List.of("whole", "transposed", "part", "repeated", "channels_last"), List.copyOf(tensors.keySet()));
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, tensors.get("whole").toArray());
        assertArrayEquals(new float[] {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}, tensors.get("transposed").toArray());
        assertArrayEquals(new float[] {5, 7, 9, 11}, tensors.get("part").toArray());
        assertArrayEquals(new float[] {7, 7, 7, 7, 7, 7}, tensors.get("repeated").toArray());
        assertArrayEquals(new float[] {0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11}, tensors.get("channels_last").toArray());
    }

    /** Sizes in descriptors behind the data; then all sizes and positions in 64-bit fields; then no checksums. */
    @Test
    void everyFormOfArchiveHasTheSameValues() throws Exception {
        for (ZipBytes zip : List.of(ZipBytes.archive(), ZipBytes.wide(), ZipBytes.withoutChecksums())) {
            try (WeightFile file = open(around(zip, pickle(), ramp(12, ByteOrder.LITTLE_ENDIAN)))) {
                assertEquals(WeightFile.Format.PYTORCH_ZIP, file.format());
                checkViews(file);
            }
        }
    }

    @Test
    void valuesMayBeBigEndian() throws Exception {
        try (WeightFile file = open(around(ZipBytes.archive(), pickle(), ramp(12, ByteOrder.BIG_ENDIAN))
                .entry("archive/byteorder", "big"))) {
            checkViews(file);
        }
        refused(around(ZipBytes.archive(), pickle(), new byte[48]).entry("archive/byteorder", ""),
                "byteorder: expected little or big, found ''");
    }

    @Test
    void protocolFourHasFramesAndAMemoWithoutNumbers() throws Exception {
        try (WeightFile file = open(ZipBytes.archive().entry("net/data.pkl", HostileSeeds.pickle4())
                .entry("net/data/0", ramp(16, ByteOrder.LITTLE_ENDIAN)))) {
            assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                    file.tensors().get("w").toArray());
        }
    }

    @Test
    void weightsBesideAnOptimizerAndNotes() throws Exception {
        try (WeightFile file = open(ZipBytes.archive().entry("net/data.pkl", HostileSeeds.pickle())
                .entry("net/data/0", ramp(16, ByteOrder.LITTLE_ENDIAN)).entry("net/data/1", new byte[16])
                .entry("net/data/2", new byte[] {5, 0, 0, 0, 0, 0, 0, 0}))) {
            assertEquals(List.of("module.a", "module.b", "module.c", "module.n"), List.copyOf(file.tensors().keySet()));
            assertEquals(Map.of("epoch", "90", "lr", "0.1"), file.metadata());
            assertArrayEquals(new float[] {4, 5, 6, 8, 9, 10}, file.tensors().get("module.b").toArray());
            assertEquals(DType.F16, file.tensors().get("module.c").dtype());
            assertEquals(List.of(), file.tensors().get("module.n").dims());
            assertArrayEquals(new float[] {5}, file.tensors().get("module.n").toArray());
            assertTrue(file.weights().has("a"), "without module.");
        }
    }

    /** A changed byte of the description is seen at once, one of the values when they are read, whatever the view. */
    @Test
    void changedBytesDoNotMatchTheChecksum() throws Exception {
        byte[] pickle = pickle();
        pickle[pickle.length - 40] ^= 1;
        WeightException e = refused(ZipBytes.archive().entry("archive/data.pkl", pickle, 0x1234_5678), "data.pkl: expected CRC-32");
        assertEquals("12345678", e.expected().substring("CRC-32 ".length()));
        refused(around(ZipBytes.archive(), pickle(), new byte[48]).entry("archive/byteorder", "little".getBytes(), 7),
                "byteorder: expected CRC-32 7");
        byte[] values = ramp(12, ByteOrder.LITTLE_ENDIAN);
        try (WeightFile file = open(ZipBytes.archive().entry("archive/data.pkl", pickle()).entry("archive/data/0", values, 1))) {
            for (WeightTensor tensor : file.tensors().values()) {
                e = assertThrows(WeightException.class, tensor::toArray);
                assertEquals("archive/data/0: CRC-32 1", e.place() + ": " + e.expected());
            }
        }
    }

    private WeightException refused(ZipBytes zip, String part) throws IOException {
        Path path = zip.end().write(folder.resolve("net.pth"));
        WeightException e = assertThrows(WeightException.class, () -> WeightFile.open(path).close());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        Hostile.checkRefusal(path, e);
        return e;
    }

    @Test
    void archivesThatAreNoneAreNamed() throws Exception {
        UnaryOperator<ZipBytes> scripted = zip -> zip.entry("m/code/a.py", "").entry("m/data.pkl", pickle());
        refused(scripted.apply(ZipBytes.archive()), "a TorchScript program");
        refused(ZipBytes.archive().entry("m/x", ""), "expected an entry data.pkl");
        refused(ZipBytes.archive().entry("m/data.pkl", pickle()).entry("n/x", ""), "expected one folder, found n/x beside");
        refused(around(ZipBytes.archive(), pickle(), new byte[47]), "expected 48 bytes in an entry data/0, found 47 bytes");
        refused(ZipBytes.archive().entry("m/data.pkl", pickle()).entry("m/version", "11"), "up to 10, found '11'");
        refused(ZipBytes.archive().entry("m/data.pkl", pickle()).entry("m/version", "3".repeat(65)), "at most 64 bytes");
    }
}
