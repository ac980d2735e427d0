package lanewise.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The entries of a ZIP file that stores them without compression, as PyTorch writes it (format: PKWARE's APPNOTE 6.3).
 * The central directory alone counts; each local header must agree with it. Archives that two readers could take for
 * different things are refused: ambiguous end records, bytes before the first entry, overlapping entries, duplicate
 * or path-like names.
 */
final class ZipDirectory {
    private static final int END_SIZE = 22;
    private static final int END = 0x06054b50;
    private static final int LOCATOR_SIZE = 20;
    private static final int LOCATOR = 0x07064b50;
    private static final int END64_SIZE = 56;
    private static final int END64 = 0x06064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_SIZE = 30;
    private static final int LONGEST_COMMENT = 0xFFFF;
    private static final int ZIP64_EXTRA = 1;
    private static final long SATURATED = 0xFFFF_FFFFL;
    private static final int SATURATED16 = 0xFFFF;

    /** Sizes in a descriptor behind the data, and names in UTF-8. All other flags mean encryption or compression. */
    private static final int SIZES_LATER = 0x0008;
    private static final int ALLOWED_FLAGS = SIZES_LATER | 0x0800;

    private static final int MOST_ENTRIES = 10_000;
    private static final String CURE = "the archive is damaged or was not written by torch.save; fetch it again";

    private final FileBytes file;
    private final Budget budget;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** A stored entry: its bytes are {@code size} from {@code position} on. */
    record Entry(String name, int flags, long crc, long size, long header, long position) {
        long end() {
            return position + size;
        }
    }

    /** Where the central directory is. */
    private record Range(long start, long size, long count) {}

    private ZipDirectory(FileBytes file, Budget budget) {
        this.file = file;
        this.budget = budget;
    }

    /** The entries by name, in the order of the directory. */
    static Map<String, Entry> read(FileBytes file, Budget budget) throws WeightException {
        ZipDirectory directory = new ZipDirectory(file, budget);
        Range range = directory.range();
        Cursor in = new Cursor(file, "central directory", range.start, range.start + range.size);
        for (long i = 0; i < range.count; i++) {
            directory.entry(in);
        }
        if (in.remaining() != 0) {
            throw in.fault("the end after " + range.count + " entries", in.remaining() + " more bytes");
        }
        directory.checkOverlap(range.start);
        return directory.entries;
    }

    /** Compares the bytes of an entry with its checksum; 0 says that the writer, to be quick, computed none. */
    static void verify(FileBytes file, Entry entry) throws WeightException {
        if (entry.crc == 0) {
            return;
        }
        CRC32 crc = new CRC32();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(1 << 16, entry.size));
        for (long done = 0; done < entry.size; done += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), entry.size - done));
            file.read(entry.position + done, buffer, entry.name);
            crc.update(buffer.flip());
        }
        if (crc.getValue() != entry.crc) {
            throw file.fault(entry.name, "CRC-32 " + Long.toHexString(entry.crc), Long.toHexString(crc.getValue()), CURE);
        }
    }

    private Range range() throws WeightException {
        long end = endRecord();
        Cursor in = new Cursor(file, "ZIP end record", end + 4, file.size());
        int disk = in.u16();
        int directoryDisk = in.u16();
        int countHere = in.u16();
        int count = in.u16();
        long size = in.u32();
        long start = in.u32();
        if (disk != 0 || directoryDisk != 0 || countHere != count) {
            throw in.fault("an archive of one part", "part " + disk + " of several");
        }
        Range range = new Range(start, size, count);
        long behind = end;
        if (end >= LOCATOR_SIZE && signature(end - LOCATOR_SIZE) == LOCATOR) {
            behind = locate64(end - LOCATOR_SIZE);
            range = range64(behind, range);
        }
        if (range.size < 0 || range.start < 0 || range.start > behind || range.size != behind - range.start) {
            throw file.fault("central directory", "to end at byte " + behind,
                    Long.toUnsignedString(range.size) + " bytes from " + Long.toUnsignedString(range.start), CURE);
        }
        if (range.count < 1 || range.count > MOST_ENTRIES) {
            throw file.fault("central directory", "1 to " + MOST_ENTRIES + " entries",
                    Long.toUnsignedString(range.count), CURE);
        }
        return range;
    }

    /** The one position where an end record can be whose comment reaches exactly to the end of the file. */
    private long endRecord() throws WeightException {
        long from = Math.max(0, file.size() - END_SIZE - LONGEST_COMMENT);
        ByteBuffer tail = ByteBuffer.allocate((int) (file.size() - from)).order(ByteOrder.LITTLE_ENDIAN);
        file.read(from, tail, "ZIP end record");
        List<Long> found = new ArrayList<>();
        for (int i = 0; i <= tail.capacity() - END_SIZE; i++) {
            if (tail.getInt(i) == END && (tail.getShort(i + 20) & 0xFFFF) == tail.capacity() - END_SIZE - i) {
                found.add(from + i);
            }
        }
        if (found.size() != 1) {
            throw file.fault("ZIP end record", "one at the end of the file", found.size() + " of them",
                    found.isEmpty() ? "the file is cut short; fetch it again" : CURE);
        }
        return found.getFirst();
    }

    private int signature(long position) throws WeightException {
        return new Cursor(file, "ZIP record", position, position + 4).i32();
    }

    private long locate64(long position) throws WeightException {
        Cursor in = new Cursor(file, "ZIP64 locator", position + 4, position + LOCATOR_SIZE);
        long disk = in.u32();
        long record = in.i64();
        long disks = in.u32();
        if (disk != 0 || disks != 1 || record < 0 || record > position - END64_SIZE || signature(record) != END64) {
            throw in.fault("the position of the ZIP64 end record", Long.toUnsignedString(record));
        }
        long length = new Cursor(file, "ZIP64 end record", record + 4, position).i64();
        if (length != position - record - 12) {
            throw in.fault("a ZIP64 end record just before its locator", Long.toUnsignedString(length) + " bytes");
        }
        return record;
    }

    private Range range64(long record, Range narrow) throws WeightException {
        Cursor in = new Cursor(file, "ZIP64 end record", record + 16, record + END64_SIZE);
        long disks = in.i64();
        long countHere = in.i64();
        long count = in.i64();
        long size = in.i64();
        Range wide = new Range(in.i64(), size, count);
        boolean agrees = disks == 0 && countHere == wide.count
                && (narrow.count == SATURATED16 || narrow.count == wide.count)
                && (narrow.size == SATURATED || narrow.size == wide.size)
                && (narrow.start == SATURATED || narrow.start == wide.start);
        if (!agrees) {
            throw in.fault("end records that agree", wide.count + " and " + narrow.count + " entries");
        }
        return wide;
    }

    private void entry(Cursor in) throws WeightException {
        if (in.i32() != CENTRAL) {
            throw in.fault("an entry of the central directory", "something else");
        }
        in.skip(4);
        int flags = in.u16();
        int method = in.u16();
        in.skip(4);
        long crc = in.u32();
        long packed = in.u32();
        long size = in.u32();
        int nameLength = in.u16();
        int extraLength = in.u16();
        int commentLength = in.u16();
        int disk = in.u16();
        in.skip(6);
        long header = in.u32();
        budget.charge(300, "central directory");
        budget.chargeText(2L * nameLength, "central directory");
        String name = in.text(nameLength);
        Extra extra = new Extra(in, extraLength);
        size = size == SATURATED ? extra.next() : size;
        packed = packed == SATURATED ? extra.next() : packed;
        header = header == SATURATED ? extra.next() : header;
        in.skip(commentLength);
        checkName(name);
        if ((flags & ~ALLOWED_FLAGS) != 0) {
            throw file.fault(name, "no encryption", "flags 0x" + Integer.toHexString(flags),
                    "unpack it and save it again with torch.save");
        }
        if (method != 0 || packed != size || disk != 0) {
            throw file.fault(name, "an entry without compression", "method " + method,
                    "unpack it and save it again with torch.save");
        }
        if (entries.put(name, local(new Entry(name, flags, crc, size, header, 0))) != null) {
            throw file.fault(name, "one entry of this name", "two", CURE);
        }
    }

    private void checkName(String name) throws WeightException {
        boolean bad = name.indexOf('\\') >= 0 || name.indexOf(':') >= 0 || name.indexOf('\0') >= 0;
        String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        for (String part : path.split("/", -1)) {
            bad |= part.isEmpty() || part.equals(".") || part.equals("..");
        }
        if (bad) {
            throw file.fault("entry " + name, "a plain relative name", "another", CURE);
        }
    }

    /** The entry with the position of its data, after a check that its local header says the same. */
    private Entry local(Entry entry) throws WeightException {
        if (entry.header < 0 || entry.header > file.size() - LOCAL_SIZE) {
            throw file.fault(entry.name, "a local header in the file", Long.toUnsignedString(entry.header), CURE);
        }
        // Only as far as it has to agree: the next header may be a gigabyte away.
        long end = entry.header + LOCAL_SIZE + entry.name.getBytes(StandardCharsets.UTF_8).length;
        Cursor in = new Cursor(file, entry.name + " local header", entry.header, Math.min(end, file.size()));
        if (in.i32() != LOCAL) {
            throw in.fault("a local header", "something else");
        }
        in.skip(2);
        int flags = in.u16();
        int method = in.u16();
        in.skip(8);
        long packed = in.u32();
        long size = in.u32();
        int nameLength = in.u16();
        int extraLength = in.u16();
        budget.chargeText(nameLength, entry.name);
        boolean sameSize = (flags & SIZES_LATER) != 0 || size == SATURATED || size == entry.size && packed == entry.size;
        boolean sameName = nameLength == in.remaining() && in.text(nameLength).equals(entry.name);
        if (!sameName || flags != entry.flags || method != 0 || !sameSize) {
            throw in.fault("the name, flags, method and size of the central directory", "others");
        }
        long position = in.position() + extraLength;
        if (entry.size < 0 || position > file.size() || entry.size > file.size() - position) {
            throw file.fault(entry.name, Long.toUnsignedString(entry.size) + " bytes", "a shorter file", CURE);
        }
        return new Entry(entry.name, flags, entry.crc, entry.size, entry.header, position);
    }

    private void checkOverlap(long directory) throws WeightException {
        List<Entry> byPosition = new ArrayList<>(entries.values());
        byPosition.sort(Comparator.comparingLong(Entry::header));
        long free = 0;
        if (byPosition.getFirst().header != 0) {
            throw file.fault("first entry", "at the start of the file", "at " + byPosition.getFirst().header, CURE);
        }
        for (Entry entry : byPosition) {
            if (entry.header < free || entry.end() > directory) {
                throw file.fault(entry.name, "bytes of its own", "bytes of another entry or of the directory", CURE);
            }
            free = entry.end();
        }
    }

    /** The 64-bit fields that stand for saturated ones, in the order of those. */
    private static final class Extra {
        private final Cursor in;
        private final List<Long> fields = new ArrayList<>();
        private int used;

        Extra(Cursor in, int length) throws WeightException {
            this.in = in;
            for (int left = length; left > 0; ) {
                int id = left < 4 ? -1 : in.u16();
                int size = left < 4 ? 0 : in.u16();
                left -= 4 + size;
                if (id < 0 || left < 0) {
                    throw in.fault("extra fields of " + length + " bytes", "others");
                }
                int numbers = id == ZIP64_EXTRA ? Math.min(3, size / Long.BYTES) : 0;
                for (int i = 0; i < numbers; i++) {
                    fields.add(in.i64());
                }
                in.skip(size - (long) numbers * Long.BYTES);
            }
        }

        long next() throws WeightException {
            if (used == fields.size()) {
                throw in.fault("a ZIP64 extra field", "none");
            }
            return fields.get(used++);
        }
    }
}
