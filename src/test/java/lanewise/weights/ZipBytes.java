package lanewise.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Writes ZIP archives as PyTorch does: entries stored, their sizes in the directory and a descriptor behind the data. */
final class ZipBytes {
    private static final int SIZES_LATER = 0x0808;

    private final SparseBytes bytes = new SparseBytes();
    private final List<byte[]> directory = new ArrayList<>();
    private final boolean wide;
    private final boolean checksums;

    private ZipBytes(boolean wide, boolean checksums) {
        this.wide = wide;
        this.checksums = checksums;
    }

    static ZipBytes archive() {
        return new ZipBytes(false, true);
    }

    /** With ZIP64 fields for all sizes and positions. */
    static ZipBytes wide() {
        return new ZipBytes(true, true);
    }

    /** As PyTorch writes with {@code compute_crc32 = False}. */
    static ZipBytes withoutChecksums() {
        return new ZipBytes(false, false);
    }

    ZipBytes entry(String name, byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return entry(name, data.length, checksums ? (int) crc.getValue() : 0, data);
    }

    ZipBytes entry(String name, String text) {
        return entry(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An entry of zeros that takes no room, without a checksum. */
    ZipBytes hole(String name, long size) {
        return entry(name, size, 0, new byte[0]);
    }

    /** An entry whose checksum is as given. */
    ZipBytes entry(String name, byte[] data, int crc) {
        return entry(name, data.length, crc, data);
    }

    private ZipBytes entry(String name, long size, int crc, byte[] data) {
        long header = bytes.size();
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        // PyTorch pads with an extra field FB so that the data are aligned.
        int padding = (int) (64 - (header + 30 + nameBytes.length + 4) % 64);
        bytes.append(little(30 + nameBytes.length + 4 + padding)
                .putInt(0x04034b50).putShort((short) 20).putShort((short) SIZES_LATER).putShort((short) 0).putInt(0)
                .putInt(0).putInt(0).putInt(0).putShort((short) nameBytes.length).putShort((short) (4 + padding))
                .put(nameBytes).putShort((short) 0x4246).putShort((short) padding).array());
        bytes.append(data).hole(size - data.length);
        bytes.append(wide ? little(24).putInt(0x08074b50).putInt(crc).putLong(size).putLong(size).array()
                : little(16).putInt(0x08074b50).putInt(crc).putInt((int) size).putInt((int) size).array());
        int extra = wide ? 28 : 0;
        ByteBuffer central = little(46 + nameBytes.length + extra)
                .putInt(0x02014b50).putShort((short) 0).putShort((short) 20).putShort((short) SIZES_LATER)
                .putShort((short) 0).putInt(0).putInt(crc).putInt(wide ? -1 : (int) size).putInt(wide ? -1 : (int) size)
                .putShort((short) nameBytes.length).putShort((short) extra).putShort((short) 0).putShort((short) 0)
                .putShort((short) 0).putInt(0).putInt(wide ? -1 : (int) header).put(nameBytes);
        if (wide) {
            central.putShort((short) 1).putShort((short) 24).putLong(size).putLong(size).putLong(header);
        }
        directory.add(central.array());
        return this;
    }

    /** Adds the directory and the end records; with the ZIP64 ones, which PyTorch always writes. */
    SparseBytes end() {
        long start = bytes.size();
        directory.forEach(bytes::append);
        long size = bytes.size() - start;
        long end64 = bytes.size();
        long count = directory.size();
        bytes.append(little(56).putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0)
                .putLong(count).putLong(count).putLong(size).putLong(start).array());
        bytes.append(little(20).putInt(0x07064b50).putInt(0).putLong(end64).putInt(1).array());
        bytes.append(little(22).putInt(0x06054b50).putInt(0)
                .putShort((short) (wide ? -1 : count)).putShort((short) (wide ? -1 : count))
                .putInt(wide ? -1 : (int) size).putInt(wide ? -1 : (int) start).putShort((short) 0).array());
        return bytes;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
