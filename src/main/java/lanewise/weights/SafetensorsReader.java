package lanewise.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the header of a safetensors file: a 64-bit length, a JSON object that gives each tensor its type, extents and
 * byte range, then the bytes, which the tensors must cover in order without gap or overlap
 * (format: the safetensors project's README). Duplicate names and unknown fields are refused, and extents above
 * 2<sup>31</sup> - 1.
 */
final class SafetensorsReader {
    /** The longest header the format's reference reader accepts, in bytes. */
    static final long LONGEST_HEADER = 100_000_000;

    static final int PREFIX = Long.BYTES;

    private static final int DEPTH = 64;
    private static final int LONGEST_NAME = 1 << 16;
    private static final int LONGEST_VALUE = 16 << 20;
    private static final int LONGEST_NUMBER = 64;
    private static final int MOST_DIMS = 64;
    private static final String METADATA = "__metadata__";

    private final FileBytes file;
    private final Budget budget;
    private final JsonParser json;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** What the header says of a tensor. */
    private record Entry(String name, DType dtype, List<Integer> dims, long begin, long end) {}

    private SafetensorsReader(FileBytes file, JsonParser json) {
        this.file = file;
        this.json = json;
        budget = new Budget(file);
    }

    /** Whether a file that starts with {@code head} may have this format: a possible length, then the start of JSON. */
    static boolean recognises(byte[] head) {
        if (head.length <= PREFIX) {
            return false;
        }
        long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return length >= 0 && length <= LONGEST_HEADER && "{ \t\r\n".indexOf(head[PREFIX]) >= 0;
    }

    static Checkpoint read(FileBytes file) throws WeightException {
        long length = file.size() < PREFIX ? -1 : new Cursor(file, "header length", 0, PREFIX).i64();
        if (length < 0 || length > LONGEST_HEADER) {
            throw file.fault("start", "weights", "neither safetensors nor a PyTorch checkpoint",
                    "give the weight file itself; if this should be it, fetch it again");
        }
        if (length > file.size() - PREFIX) {
            throw file.fault("header length", "at most the " + (file.size() - PREFIX) + " bytes that follow",
                    Long.toString(length), "the file is cut short; fetch it again");
        }
        // The decoder throws on bytes that are not UTF-8, which a JSON parser fed with bytes may let pass.
        try (InputStreamReader text = new InputStreamReader(
                        file.stream(PREFIX, length), StandardCharsets.UTF_8.newDecoder());
                JsonParser json = factory().createParser(text)) {
            SafetensorsReader reader = new SafetensorsReader(file, json);
            reader.header();
            return reader.checkpoint(PREFIX + length);
        } catch (JsonProcessingException e) {
            throw file.fault("header", "a JSON object", e.getOriginalMessage(), "the header is damaged or hostile");
        } catch (IOException e) {
            throw file.fault("header", "JSON in UTF-8", e.toString(), "the header is damaged or hostile");
        }
    }

    private static JsonFactory factory() {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH)
                        .maxNameLength(LONGEST_NAME)
                        .maxStringLength(LONGEST_VALUE)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxDocumentLength(LONGEST_HEADER)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // The symbol table throws on many names of one hash; a map of strings copes with them.
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
    }

    private void header() throws IOException, WeightException {
        expect("header", JsonToken.START_OBJECT, json.nextToken());
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            if (!isUnicode(name)) {
                throw file.fault(name, "a name in Unicode", "half a surrogate pair", "rename the tensor");
            }
            if (name.equals(METADATA)) {
                metadata();
            } else {
                budget.charge(400, name);
                budget.chargeText(2L * name.length(), name);
                entries.put(name, entry(name));
            }
        }
        expect("header", JsonToken.END_OBJECT, json.currentToken());
        if (json.nextToken() != null) {
            throw file.fault("header", "one JSON object", "more after it", "the header is damaged or hostile");
        }
    }

    private void metadata() throws IOException, WeightException {
        expect(METADATA, JsonToken.START_OBJECT, json.nextToken());
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            expect(METADATA + " " + key, JsonToken.VALUE_STRING, json.nextToken());
            budget.charge(200, METADATA);
            budget.chargeText(2L * key.length() + json.getTextLength(), METADATA);
            metadata.put(key, json.getText());
        }
    }

    private Entry entry(String name) throws IOException, WeightException {
        expect(name, JsonToken.START_OBJECT, json.nextToken());
        List<DType> dtype = new ArrayList<>(1);
        List<List<Long>> shape = new ArrayList<>(1);
        List<List<Long>> offsets = new ArrayList<>(1);
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            switch (field) {
                case "dtype" -> dtype.add(dtype(name));
                case "shape" -> shape.add(numbers(name + " shape", MOST_DIMS));
                case "data_offsets" -> offsets.add(numbers(name + " data_offsets", 2));
                default -> throw file.fault(name, "the fields dtype, shape and data_offsets", quoted(field),
                        "write the file with the safetensors library");
            }
        }
        if (dtype.isEmpty() || shape.isEmpty() || offsets.isEmpty()) {
            throw file.fault(name, "the fields dtype, shape and data_offsets", "not all of them",
                    "write the file with the safetensors library");
        }
        List<Long> range = offsets.getFirst();
        if (range.size() != 2) {
            throw file.fault(name + " data_offsets", "2 numbers", Integer.toString(range.size()),
                    "write the file with the safetensors library");
        }
        return new Entry(name, dtype.getFirst(), dims(name, shape.getFirst()), range.get(0), range.get(1));
    }

    private DType dtype(String name) throws IOException, WeightException {
        expect(name + " dtype", JsonToken.VALUE_STRING, json.nextToken());
        String text = json.getText();
        for (DType dtype : DType.values()) {
            if (dtype.name().equals(text)) {
                return dtype;
            }
        }
        throw file.fault(name + " dtype", "a safetensors element type such as F32", quoted(text), "store the tensor as F32");
    }

    private List<Long> numbers(String place, int most) throws IOException, WeightException {
        expect(place, JsonToken.START_ARRAY, json.nextToken());
        List<Long> numbers = new ArrayList<>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            expect(place, JsonToken.VALUE_NUMBER_INT, token);
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
                throw file.fault(place, "a whole number from 0 to 2^63 - 1", json.getText(), "");
            }
            numbers.add(json.getLongValue());
            if (numbers.size() > most) {
                throw file.fault(place, "at most " + most + " numbers", "more", "");
            }
        }
        budget.charge(32L * numbers.size(), place);
        return numbers;
    }

    private List<Integer> dims(String name, List<Long> shape) throws WeightException {
        List<Integer> dims = new ArrayList<>(shape.size());
        for (long extent : shape) {
            if (extent > Integer.MAX_VALUE) {
                throw file.fault(name + " shape", "extents of at most 2^31 - 1", Long.toString(extent), "");
            }
            dims.add((int) extent);
        }
        return List.copyOf(dims);
    }

    /** Checks the byte ranges: they must follow each other, fit their shapes, and fill the file. */
    private Checkpoint checkpoint(long dataStart) throws WeightException {
        List<Entry> byOffset = new ArrayList<>(entries.values());
        byOffset.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long position = 0;
        for (Entry entry : byOffset) {
            if (entry.begin != position || entry.end < entry.begin) {
                throw file.fault(entry.name + " data_offsets", "a range that starts at " + position,
                        "[" + entry.begin + ", " + entry.end + "]", "ranges may leave no gap and not overlap");
            }
            checkSize(entry);
            position = entry.end;
        }
        if (position != file.size() - dataStart) {
            throw file.fault("data", position + " bytes, as the header says", (file.size() - dataStart) + " bytes",
                    "the file is cut short or something is appended; fetch it again");
        }
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        for (Entry entry : entries.values()) {
            tensors.put(entry.name, StoredTensor.contiguous(file, entry.name, entry.dims, entry.dtype,
                    ByteOrder.LITTLE_ENDIAN, dataStart + entry.begin));
        }
        return new Checkpoint(WeightFile.Format.SAFETENSORS, tensors, metadata);
    }

    private void checkSize(Entry entry) throws WeightException {
        long bits;
        try {
            long elements = 1;
            for (int extent : entry.dims) {
                elements = Math.multiplyExact(elements, extent);
            }
            bits = Math.multiplyExact(elements, entry.dtype.bits());
        } catch (ArithmeticException e) {
            throw file.fault(entry.name + " shape", "a size below 2^63 bits", Misfits.shape(entry.dims), "");
        }
        if (bits % Byte.SIZE != 0 || bits / Byte.SIZE != entry.end - entry.begin) {
            throw file.fault(entry.name, bits + " bits for " + entry.dtype + " " + Misfits.shape(entry.dims),
                    (entry.end - entry.begin) + " bytes", "shape and data_offsets disagree");
        }
    }

    private void expect(String place, JsonToken wanted, JsonToken token) throws WeightException {
        if (token != wanted) {
            throw file.fault(place, wanted.toString(), token == null ? "the end" : token.toString(),
                    "write the file with the safetensors library");
        }
    }

    private static String quoted(String text) {
        return "'" + text + "'";
    }

    private static boolean isUnicode(String name) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }
}
