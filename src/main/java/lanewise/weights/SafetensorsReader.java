package lanewise.weights;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
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
    static final int PREFIX = Long.BYTES;

    private static final int MOST_DIMS = 64;
    private static final String METADATA = "__metadata__";

    private final FileBytes file;
    private final Budget budget;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** What the header says of a tensor. */
    private record Entry(String name, DType dtype, List<Integer> dims, long begin, long end) {}

    private SafetensorsReader(FileBytes file, Budget budget) {
        this.file = file;
        this.budget = budget;
    }

    /** Whether a file that starts with {@code head} may have this format: a possible length, then the start of JSON. */
    static boolean recognises(byte[] head) {
        if (head.length <= PREFIX) {
            return false;
        }
        long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return length >= 0 && length <= JsonText.LONGEST && "{ \t\r\n".indexOf(head[PREFIX]) >= 0;
    }

    static Checkpoint read(FileBytes file, Budget budget) throws WeightException {
        long length = file.size() < PREFIX ? -1 : new Cursor(file, "header length", 0, PREFIX).i64();
        if (length < 0 || length > JsonText.LONGEST) {
            throw file.fault("start", "weights", "neither safetensors nor a PyTorch checkpoint",
                    "give the weight file itself; if this should be it, fetch it again");
        }
        if (length > file.size() - PREFIX) {
            throw file.fault("header length", "at most the " + (file.size() - PREFIX) + " bytes that follow",
                    Long.toString(length), "the file is cut short; fetch it again");
        }
        SafetensorsReader reader = new SafetensorsReader(file, budget);
        JsonText.read(file, "header", PREFIX, length, reader::header);
        return reader.checkpoint(PREFIX + length);
    }

    private SafetensorsReader header(JsonText json) throws IOException, WeightException {
        json.next("header", JsonToken.START_OBJECT);
        for (String name = json.field("header"); name != null; name = json.field("header")) {
            if (!isUnicode(name)) {
                throw file.fault(name, "a name in Unicode", "half a surrogate pair", "rename the tensor");
            }
            if (name.equals(METADATA)) {
                metadata(json);
            } else {
                budget.charge(400, name);
                budget.chargeText(2L * name.length(), name);
                entries.put(name, entry(json, name));
            }
        }
        return this;
    }

    private void metadata(JsonText json) throws IOException, WeightException {
        json.next(METADATA, JsonToken.START_OBJECT);
        for (String key = json.field(METADATA); key != null; key = json.field(METADATA)) {
            json.next(METADATA + " " + key, JsonToken.VALUE_STRING);
            budget.charge(200, METADATA);
            budget.chargeText(2L * key.length() + json.textLength(), METADATA);
            metadata.put(key, json.text());
        }
    }

    private Entry entry(JsonText json, String name) throws IOException, WeightException {
        json.next(name, JsonToken.START_OBJECT);
        List<DType> dtype = new ArrayList<>(1);
        List<List<Long>> shape = new ArrayList<>(1);
        List<List<Long>> offsets = new ArrayList<>(1);
        for (String field = json.field(name); field != null; field = json.field(name)) {
            switch (field) {
                case "dtype" -> dtype.add(dtype(json, name));
                case "shape" -> shape.add(numbers(json, name + " shape", MOST_DIMS));
                case "data_offsets" -> offsets.add(numbers(json, name + " data_offsets", 2));
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

    private DType dtype(JsonText json, String name) throws IOException, WeightException {
        json.next(name + " dtype", JsonToken.VALUE_STRING);
        String text = json.text();
        for (DType dtype : DType.values()) {
            if (dtype.name().equals(text)) {
                return dtype;
            }
        }
        throw file.fault(name + " dtype", "a safetensors element type such as F32", quoted(text), "store the tensor as F32");
    }

    private List<Long> numbers(JsonText json, String place, int most) throws IOException, WeightException {
        json.next(place, JsonToken.START_ARRAY);
        List<Long> numbers = new ArrayList<>();
        for (JsonToken token = json.next(); token != JsonToken.END_ARRAY; token = json.next()) {
            json.require(place, JsonToken.VALUE_NUMBER_INT, token);
            numbers.add(json.natural(place));
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

    private static String quoted(String text) {
        return "'" + text + "'";
    }

    private static boolean isUnicode(String name) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }
}
