package lanewise.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Small sound files of each format, which mutations and fuzzers start from. */
final class HostileSeeds {
    private static final byte[] MAGIC = PickleBytes.protocol(2)
            .op(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).stop();

    private HostileSeeds() {}

    /** Three tensors and a note, as the writer of this project makes them. */
    static byte[] safetensors(Path folder) throws IOException, WeightException {
        Path path = folder.resolve("seed.safetensors");
        Safetensors.write(path, Map.of("format", "pt", "note", "ü"), List.of(
                WeightTensor.of("conv1.weight", new float[24], 2, 3, 2, 2),
                WeightTensor.of("bn1.bias", new float[] {1, -2}, 2),
                WeightTensor.of("scalar", new float[] {7})));
        return Files.readAllBytes(path);
    }

    /** A state dict beside an optimizer's, as {@code torch.save} pickles it: views, shared storages, a parameter. */
    static byte[] pickle() {
        return PickleBytes.protocol(2).op('}', 'q', 0, '(')
                .text("epoch").integer(90)
                .text("lr").op('G').raw(ByteBuffer.allocate(8).putDouble(0.1).array())
                .text("state_dict").orderedDict()
                .text("module.a").tensor("FloatStorage", "0", 16, 0, new long[] {4, 4}, new long[] {1, 4})
                .text("module.b").tensor("FloatStorage", "0", 16, 4, new long[] {2, 3}, new long[] {4, 1})
                .text("module.c").global("torch._utils", "_rebuild_parameter").op('(')
                .tensor("HalfStorage", "1", 8, 1, new long[] {7}, new long[] {1})
                .op(0x88).global("collections", "OrderedDict").op(')', 'R', 't', 'R', 'q', 1)
                .text("module.n").tensor("LongStorage", "2", 1, 0, new long[0], new long[0]).endDict()
                .op('}').text("_metadata").op('N', 's', 'b')
                .text("optimizer").op('}', 'q', 2, '(').text("state").op('}').text("betas").op('h', 0, 'h', 2, 0x86)
                .endDict()
                .text("args").global("argparse", "Namespace").op(')', 0x81, '}').text("arch").text("resnet").op('s', 'b')
                .endDict().stop();
    }

    /** The same kind of thing by protocol 4: frames, STACK_GLOBAL, MEMOIZE. */
    static byte[] pickle4() {
        byte[] body = new PickleBytes().op('}', 0x94, '(')
                .op(0x8c, 1, 'w', 0x94)
                .op(0x8c, 12).raw("torch._utils".getBytes()).op(0x94)
                .op(0x8c, 18).raw("_rebuild_tensor_v2".getBytes()).op(0x94, 0x93, 0x94, '(')
                .storage("FloatStorage", "0", 16).integer(0).tuple(16).tuple(1).op(0x89).op('}', 't', 'R')
                .op('u').stop();
        return PickleBytes.protocol(4).op(0x95).i64(body.length).raw(body).toArray();
    }

    /** An archive around {@code data.pkl}, with values for the storages 0, 1 and 2. */
    static byte[] archive(byte[] pickle) {
        return ZipBytes.archive().entry("net/data.pkl", pickle).entry("net/byteorder", "little")
                .entry("net/data/0", new byte[64]).entry("net/data/1", new byte[16]).entry("net/data/2", new byte[8])
                .entry("net/version", "3\n").end().toArray();
    }

    /** The five pickles and the values of the old format. */
    static byte[] legacy() {
        SparseBytes file = new SparseBytes().append(MAGIC)
                .append(PickleBytes.protocol(2).op('M', 0xe9, 3).stop())
                .append(PickleBytes.protocol(2).op('}', '(').text("protocol_version").op('M', 0xe9, 3)
                        .text("little_endian").op(0x88).text("type_sizes").op('}').text("int").integer(4).op('s', 'u').stop())
                .append(PickleBytes.protocol(2).orderedDict().text("w")
                        .global("torch._utils", "_rebuild_tensor_v2").op('(')
                        .op('(').text("storage").global("torch", "FloatStorage").text("94").text("cpu").integer(6).op('N', 't', 'Q')
                        .integer(2).tuple(2, 2).tuple(2, 1).op(0x89).global("collections", "OrderedDict").op(')', 'R', 't', 'R')
                        .endDict().stop())
                .append(PickleBytes.protocol(2).op(']').text("94").op('a').stop());
        ByteBuffer values = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN).putLong(6);
        for (int i = 0; i < 6; i++) {
            values.putFloat(i);
        }
        return file.append(values.array()).toArray();
    }
}
