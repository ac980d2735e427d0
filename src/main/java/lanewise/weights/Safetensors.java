package lanewise.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Writes safetensors files. {@link WeightFile} reads them. */
public final class Safetensors {
    private static final int ALIGNMENT = 8;
    private static final String METADATA = "__metadata__";
    private static final Set<DType> WRITTEN = Set.of(DType.F32, DType.F16, DType.BF16);

    private Safetensors() {}

    /** Writes {@code tensors} as float32: see {@link #write(Path, Map, Collection, Function)}. */
    public static void write(Path path, Map<String, String> metadata, Collection<? extends WeightTensor> tensors)
            throws WeightException {
        write(path, metadata, tensors, _ -> DType.F32);
    }

    /** {@link #write(Path, Map, Collection, Function, Check)} that asks nothing before the file takes its place. */
    public static void write(Path path, Map<String, String> metadata, Collection<? extends WeightTensor> tensors,
            Function<WeightTensor, DType> type) throws WeightException {
        write(path, metadata, tensors, type, () -> { });
    }

    /**
     * Writes {@code tensors} in their order, and the metadata sorted by key, so that the same contents give the same bytes.
     * The file is written beside {@code path} and renamed: it appears complete or not at all, and replaces one that was
     * there before.
     *
     * @param metadata notes to store beside the tensors; may be empty
     * @param type the type that a tensor is stored as: F32, or F16 or BF16 with values rounded to the nearest, ties to even
     * @param check runs before the file takes its place; if it throws, what was there stays
     * @throws WeightException if a tensor cannot be read, a finite value would become infinite, or the file cannot be
     *         written
     * @throws IllegalArgumentException if two tensors have one name, one is called {@code __metadata__}, or the type is
     *         another
     */
    public static void write(Path path, Map<String, String> metadata, Collection<? extends WeightTensor> tensors,
            Function<WeightTensor, DType> type, Check check) throws WeightException {
        byte[] header = header(path, metadata, tensors, type);
        try (FloatFile file = FloatFile.create(path)) {
            file.write(prefix(header.length));
            file.write(header);
            for (WeightTensor tensor : tensors) {
                try (Arena arena = Arena.ofShared()) {
                    MemorySegment values = arena.allocate(tensor.elements() * Float.BYTES, Float.BYTES);
                    tensor.read(values);
                    file.write(values, tensor.name(), type.apply(tensor));
                }
            }
            check.run();
            file.commit();
        }
    }

    /** What must hold for a written file to be kept. */
    @FunctionalInterface
    public interface Check {
        void run() throws WeightException;
    }

    private static byte[] header(Path path, Map<String, String> metadata, Collection<? extends WeightTensor> tensors,
            Function<WeightTensor, DType> type) throws WeightException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Set<String> names = new HashSet<>(Set.of(METADATA));
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long position = 0;
            for (WeightTensor tensor : tensors) {
                if (!names.add(tensor.name())) {
                    throw new IllegalArgumentException("a second tensor called " + tensor.name());
                }
                DType stored = type.apply(tensor);
                if (!WRITTEN.contains(stored)) {
                    throw new IllegalArgumentException("tensors are written as F32, F16 or BF16, not " + stored);
                }
                long end = position + tensor.elements() * stored.bytes();
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", stored.name());
                json.writeFieldName("shape");
                json.writeArray(tensor.dims().stream().mapToInt(Integer::intValue).toArray(), 0, tensor.dims().size());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {position, end}, 0, 2);
                json.writeEndObject();
                position = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        while (bytes.size() % ALIGNMENT != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > JsonText.LONGEST) {
            throw new WeightException(path.toString(), "header",
                    "at most " + JsonText.LONGEST + " bytes", bytes.size() + " bytes", "write fewer tensors");
        }
        return bytes.toByteArray();
    }

    private static byte[] prefix(long length) {
        return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
    }
}
