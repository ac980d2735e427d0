package lanewise.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An open checkpoint file. Opening reads and checks its description; the values are read from the file when a tensor is
 * asked for them, until {@link #close()}. The format is told from the contents, not from the file's name. Immutable;
 * several threads may read tensors at once. Interrupting a thread that reads closes the file.
 *
 * <p>Replace a file that may be in use by renaming a new one onto it: one that shrinks while it is open makes reading
 * throw.
 *
 * <p>Limits: safetensors headers and indexes of 100 MB; 1,000 files; ZIP archives of 10,000 entries, uncompressed; pickles
 * of 64 MiB, 5 million opcodes, 64 open marks and strings of 16 MiB; names and objects of 96 MiB of heap; 64 extents of at
 * most 2<sup>31</sup> - 1. A tensor of a PyTorch checkpoint has at most 2<sup>31</sup> elements and 1,024 times those of its
 * storage; all of them together take at most 16 times the file's size plus 1 MiB as float32, however they share storages.
 * The checksums of a PyTorch archive are verified, those of values when a tensor is read.
 */
public final class WeightFile implements AutoCloseable {
    private static final int HEAD = 512;

    /** The format's version, then the producer's name, its version, the domain, or the graph (source: onnx.proto). */
    private static final Pattern ONNX = Pattern.compile("\\x08[\\x01-\\x20][\\x12\\x1a\\x22\\x3a\\x42]", Pattern.DOTALL);

    /** The file that was named first, then the shards if that is an index. */
    private final List<FileBytes> files;
    private final Checkpoint checkpoint;

    /** The container formats. */
    public enum Format {
        /** A JSON header and raw values. */
        SAFETENSORS,
        /** {@code torch.save} since PyTorch 1.6. */
        PYTORCH_ZIP,
        /** {@code torch.save} before PyTorch 1.6. */
        PYTORCH_LEGACY
    }

    private WeightFile(List<FileBytes> files, Checkpoint checkpoint) {
        this.files = files;
        this.checkpoint = checkpoint;
    }

    /**
     * Opens a safetensors file, a PyTorch checkpoint, or several of these by their index, such as
     * {@code model.safetensors.index.json}.
     *
     * @throws WeightException if there is no such file, or it is not a checkpoint that is sound in every part
     */
    public static WeightFile open(Path path) throws WeightException {
        List<FileBytes> files = new ArrayList<>();
        try {
            FileBytes file = FileBytes.open(path);
            files.add(file);
            Budget budget = new Budget(file);
            byte[] head = head(file);
            Checkpoint checkpoint = ShardIndex.recognises(head)
                    ? shards(ShardIndex.read(file, budget), files, budget) : read(file, head, budget);
            return new WeightFile(List.copyOf(files), checkpoint);
        } catch (WeightException | RuntimeException | Error e) {
            files.forEach(FileBytes::close);
            throw e;
        }
    }

    private static byte[] head(FileBytes file) throws WeightException {
        if (file.size() == 0) {
            throw file.fault("", "weights", "an empty file", "fetch the weight file again");
        }
        byte[] head = new byte[(int) Math.min(HEAD, file.size())];
        file.read(0, ByteBuffer.wrap(head), "start");
        return head;
    }

    /** Opens the files of an index, each of which is added to {@code files}. */
    private static Checkpoint shards(ShardIndex index, List<FileBytes> files, Budget budget) throws WeightException {
        Map<String, Checkpoint> parts = new LinkedHashMap<>();
        for (String name : index.shards()) {
            FileBytes shard = FileBytes.open(index.path(name));
            files.add(shard);
            parts.put(name, read(shard, head(shard), budget));
        }
        return index.join(parts);
    }

    private static Checkpoint read(FileBytes file, byte[] head, Budget budget) throws WeightException {
        if (SafetensorsReader.recognises(head)) {
            return SafetensorsReader.read(file, budget);
        }
        if (TorchZip.recognises(head)) {
            return TorchZip.read(file, budget);
        }
        if (TorchLegacy.recognises(head)) {
            return TorchLegacy.read(file, budget);
        }
        refuseKnown(file, new String(head, StandardCharsets.ISO_8859_1));
        return SafetensorsReader.read(file, budget);
    }

    /** Names the file formats that are mistaken for weights most often. */
    private static void refuseKnown(FileBytes file, String head) throws WeightException {
        String cure = "fetch the weight file itself";
        if (head.startsWith("version https://git-lfs")) {
            throw file.fault("start", "weights", "a Git LFS pointer", "run git lfs pull");
        } else if (head.startsWith("<")) {
            throw file.fault("start", "weights", "a web page", cure);
        } else if (head.startsWith("\u001f\u008b") || head.startsWith("7z\u00bc\u00af") || head.startsWith("BZh")) {
            throw file.fault("start", "weights", "a compressed archive", "unpack it");
        } else if (head.startsWith("\u0093NUMPY")) {
            throw file.fault("start", "weights with names", "a NumPy array",
                    "use it as --input of lanewise run, or read it with lanewise.weights.Npy");
        } else if (head.startsWith("\u0089HDF")) {
            throw file.fault("start", "weights", "an HDF5 file", "convert it to safetensors");
        } else if (ONNX.matcher(head).lookingAt()) {
            throw file.fault("start", "weights", "an ONNX graph", "give the checkpoint that it was exported from");
        } else if (head.startsWith("GGUF")) {
            throw file.fault("start", "weights", "a GGUF file", "convert it to safetensors");
        } else if (head.startsWith("ustar", 257)) {
            throw file.fault("start", "weights", "a tar archive, PyTorch's format before 2017",
                    "load it with PyTorch and save it again");
        } else if (head.startsWith("\u0080")) {
            throw file.fault("start", "weights", "a bare pickle", "save the state dict with torch.save");
        }
    }

    /** The file that was opened. */
    public Path path() {
        return files.getFirst().path();
    }

    /** The files that hold the tensors: {@link #path()}, or those that it lists. */
    public List<Path> parts() {
        return files.stream().skip(files.size() > 1 ? 1 : 0).map(FileBytes::path).toList();
    }

    /** The size of all files together when they were opened, in bytes. */
    public long size() {
        return files.stream().mapToLong(FileBytes::size).sum();
    }

    public Format format() {
        return checkpoint.format();
    }

    /**
     * The tensors by name, in file order. Of a PyTorch checkpoint that wraps its weights in a dict called
     * {@code state_dict, model_state, model, model_state_dict} or {@code net}, those inside it; else all, with the names of
     * nested dicts joined by dots. Names are as stored.
     */
    public Map<String, WeightTensor> tensors() {
        return checkpoint.tensors();
    }

    /** What the writer noted beside the tensors: safetensors' metadata, or the numbers and strings of a PyTorch dict. */
    public Map<String, String> metadata() {
        return checkpoint.metadata();
    }

    /**
     * A fresh view for a model declaration. Prefixes that wrappers around the model add to names, {@code module.} and
     * {@code _orig_mod.}, are taken off, however often they are repeated.
     *
     * @throws WeightException if two tensors then have one name
     */
    public Weights weights() throws WeightException {
        Map<String, WeightTensor> stripped = new LinkedHashMap<>();
        for (Map.Entry<String, WeightTensor> entry : tensors().entrySet()) {
            String name = strip(entry.getKey());
            if (stripped.putIfAbsent(name, entry.getValue().renamed(name)) != null) {
                throw files.getFirst().fault(name, "one tensor of this name", "another as " + entry.getKey(),
                        "save the state dict of the bare model");
            }
        }
        return Weights.of(path().toString(), stripped);
    }

    private static String strip(String name) {
        int start = 0;
        while (true) {
            if (name.startsWith("module.", start)) {
                start += "module.".length();
            } else if (name.startsWith("_orig_mod.", start)) {
                start += "_orig_mod.".length();
            } else {
                return name.substring(start);
            }
        }
    }

    /**
     * To be called when all has been read that is wanted: what was read is then of one version of the file.
     *
     * @throws WeightException if a file has been written to since it was opened; one that was renamed onto it does no harm
     */
    public void requireUnchanged() throws WeightException {
        for (FileBytes file : files) {
            file.requireUnchanged();
        }
    }

    /** Closes the file; reading its tensors throws from then on. */
    @Override
    public void close() {
        files.forEach(FileBytes::close);
    }
}
