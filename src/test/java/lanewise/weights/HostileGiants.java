package lanewise.weights;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** Files as large as the limits allow, or that claim to be, made to fill the memory or the time of who opens them. */
final class HostileGiants {
    private static final int HEADER = 99_000_000;
    /** Nothing reads further: what fills the memory does so before, and then a hole of zeros follows. */
    private static final int FILLED = 20_000_000;
    private static final int PICKLE = 60 << 20;

    private final Path folder;
    private final List<Path> files = new ArrayList<>();

    private HostileGiants(Path folder) {
        this.folder = folder;
    }

    /** Writes all of them, a few hundred megabytes with holes beside. None is sound. */
    static List<Path> write(Path folder) throws IOException {
        HostileGiants giants = new HostileGiants(folder);
        giants.headers();
        giants.pickles();
        giants.others();
        return List.copyOf(giants.files);
    }

    private void headers() throws IOException {
        header("tensors", "{", i -> "\"" + i + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},");
        header("notes", "{\"__metadata__\":{", i -> "\"" + i + "\":\"\",");
        header("one-note", "{\"__metadata__\":{\"a\":\"", _ -> "a".repeat(1_000));
        header("one-name", "{\"", _ -> "a".repeat(1_000));
        header("extents", "{\"a\":{\"dtype\":\"F32\",\"shape\":[", _ -> "1,".repeat(500));
        header("digits", "{\"a\":{\"dtype\":\"F32\",\"shape\":[", _ -> "1".repeat(1_000));
        header("spaces", "{", _ -> " ".repeat(100_000));
        header("nesting", "{\"a\":", _ -> "[".repeat(1_000));
        Path index = folder.resolve("giant-index.json");
        fill(index, new byte[0], "{\"weight_map\":{", i -> "\"" + i + "\":\"a.safetensors\",");
        fill(folder.resolve("giant-index-notes.json"), new byte[0], "{\"weight_map\":{\"a\":\"b\"},\"x\":{", i -> "\"" + i + "\":0,");
        fill(folder.resolve("giant-index-fields.json"), new byte[0], "{\"weight_map\":{\"a\":\"b\"},", i -> "\"" + i + "\":0,");
    }

    private void header(String name, String start, IntFunction<String> more) throws IOException {
        byte[] length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(HEADER).array();
        fill(folder.resolve("giant-" + name + ".safetensors"), length, start, more);
    }

    private void fill(Path path, byte[] before, String start, IntFunction<String> more) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16)) {
            out.write(before);
            int left = FILLED;
            byte[] part = start.getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; left > 0; i++) {
                out.write(part, 0, Math.min(left, part.length));
                left -= part.length;
                part = more.apply(i).getBytes(StandardCharsets.US_ASCII);
            }
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), HEADER + before.length - 1);
        }
        files.add(path);
    }

    private void pickles() throws IOException {
        pickle("string", new PickleBytes().op('X').i32(PICKLE).raw(new byte[PICKLE]));
        byte[] string = new PickleBytes().op('X').i32(16 << 20).raw(new byte[16 << 20]).toArray();
        pickle("strings", new PickleBytes().raw(string).raw(string).raw(string));
        pickle("nones", repeated(4_900_000, 'N'));
        pickle("dicts", repeated(4_900_000, '}'));
        pickle("lists", repeated(4_900_000, ']'));
        pickle("nested-tuples", new PickleBytes().op(')').raw(repeated(4_900_000, 0x85).toArray()));
        pickle("memo", new PickleBytes().op('N').raw(repeated(4_900_000, 0x94).toArray()));
        pickle("globals", repeated(2_000_000, 'c', 'a', '\n', 'b', '\n'));
        pickle("integers", repeated(4_900_000, 0x8a, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        pickle("floats", repeated(4_900_000, 'G', 1, 2, 3, 4, 5, 6, 7, 8));
        byte[] storage = new PickleBytes().storage("FloatStorage", "0", 16).toArray();
        storage[storage.length - 1] = (byte) 0x94;
        pickle("storages", new PickleBytes().raw(storage).raw(repeated(600_000, 'h', 0, 'Q').toArray()));
        // Each tuple holds the one before it twice, the last is a key.
        PickleBytes tuples = new PickleBytes().op('}', ')', 'q', 0);
        for (int i = 0; i < 60; i++) {
            tuples.op('h', i, 0x86, 'q', i + 1);
        }
        pickle("doubled", tuples.op('}', 's'));
        PickleBytes dicts = new PickleBytes().op('}', 'q', 0);
        for (int i = 1; i < 60; i++) {
            dicts.op('}', '(').text("a").op('h', i - 1).text("b").op('h', i - 1).op('u', 'q', i);
        }
        pickle("doubled-dicts", dicts);
        long[] dims = new long[64];
        Arrays.fill(dims, 1);
        PickleBytes tensors = new PickleBytes().orderedDict();
        for (int i = 0; i < 40_000; i++) {
            tensors.text("w" + i).tensor("FloatStorage", "0", 16, 0, dims, dims);
        }
        pickle("tensors", tensors.endDict());
    }

    private static PickleBytes repeated(int count, int... opcodes) {
        byte[] one = new PickleBytes().op(opcodes).toArray();
        byte[] all = new byte[Math.min(count, PICKLE / one.length) * one.length];
        for (int at = 0; at < all.length; at += one.length) {
            System.arraycopy(one, 0, all, at, one.length);
        }
        return new PickleBytes().raw(all);
    }

    private void pickle(String name, PickleBytes body) throws IOException {
        byte[] pickle = PickleBytes.protocol(4).raw(body.toArray()).stop();
        files.add(ZipBytes.withoutChecksums().entry("net/data.pkl", pickle).entry("net/data/0", new byte[64]).end()
                .write(folder.resolve("giant-" + name + ".pth")));
    }

    private void others() throws IOException {
        ZipBytes names = ZipBytes.archive();
        for (int i = 0; i < 1_000; i++) {
            names.entry("net/" + i + "a".repeat(60_000), new byte[0]);
        }
        files.add(names.end().write(folder.resolve("giant-names.pth")));
        byte[] legacy = HostileSeeds.legacy();
        // Its storage claims as many elements as the hole behind it has, and more.
        files.add(new SparseBytes().append(legacy).hole(20L << 30).write(folder.resolve("giant-legacy.pth")));
        files.add(new SparseBytes().append(new byte[] {'P', 'K', 3, 4}).hole(20L << 30).write(folder.resolve("giant-zeros.pth")));
        files.add(new SparseBytes().append(new byte[] {1}).hole(20L << 30).write(folder.resolve("giant-zeros.safetensors")));
    }
}
