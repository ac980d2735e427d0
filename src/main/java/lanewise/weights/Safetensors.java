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

/** Writes safetensors files. {@link WeightFile} reads them. */
public final class Safetensors {
    private static final int ALIGNMENT = 8;
    private static final String METADATA = "__metadata__";

    private Safetensors() {}

    /**
     * Writes {@code tensors} as float32, in their order. The file appears complete or not at all; one that was there
     * before is replaced.
     *
     * @param metadata notes to store beside the tensors; may be empty
     * @throws WeightException if a tensor cannot be read or the file not be written
     * @throws IllegalArgumentException if two tensors have one name, or one is called {@code __metadata__}
     */
    public static void write(Path path, Map<String, String> metadata, Collection<? extends WeightTensor> tensors)
            throws WeightException {
        byte[] header = header(path, metadata, tensors);
        try (FloatFile file = FloatFile.create(path)) {
            file.write(prefix(header.length));
            file.write(header);
            for (WeightTensor tensor : tensors) {
                try (Arena arena = Arena.ofShared()) {
                    MemorySegment values = arena.allocate(tensor.elements() * Float.BYTES, Float.BYTES);
                    tensor.read(values);
                    file.write(values);
                }
            }
            file.commit();
        }
    }

    private static byte[] header(Path path, Map<String, String> metadata, Collection<? extends WeightTensor> tensors)
            throws WeightException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Set<String> names = new HashSet<>(Set.of(METADATA));
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long position = 0;
            for (WeightTensor tensor : tensors) {
                if (!names.add(tensor.name())) {
                    throw new IllegalArgumentException("a second tensor called " + tensor.name());
                }
                long end = position + tensor.elements() * Float.BYTES;
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", DType.F32.name());
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
