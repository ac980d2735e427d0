package lanewise.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An open checkpoint file. Opening reads and checks its description; the values are read from the file when a tensor is
 * asked for them, until {@link #close()}. The format is told from the contents, not from the file's name. Immutable;
 * several threads may read tensors at once. Interrupting a thread that reads closes the file.
 *
 * <p>Replace a file that may be in use by renaming a new one onto it: one that shrinks while it is open makes reading
 * throw.
 *
 * <p>Limits: safetensors headers of 100 MB; ZIP archives of 10,000 entries, uncompressed; pickles of 64 MiB, 5 million
 * opcodes and 64 open marks; names and objects of 96 MiB of heap; 64 extents of at most 2<sup>31</sup> - 1. A tensor of a
 * PyTorch checkpoint has at most 2<sup>31</sup> elements and 1,024 times those of its storage; all of them together take at
 * most 16 times the file's size plus 1 MiB as float32, however they share storages.
 * The checksums of a PyTorch archive are verified, those of values when a tensor is read.
 */
public final class WeightFile implements AutoCloseable {
    private static final int HEAD = 512;

    private final FileBytes file;
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

    private WeightFile(FileBytes file, Checkpoint checkpoint) {
        this.file = file;
        this.checkpoint = checkpoint;
    }

    /**
     * Opens a safetensors file or a PyTorch checkpoint.
     *
     * @throws WeightException if there is no such file, or it is not a checkpoint that is sound in every part
     */
    public static WeightFile open(Path path) throws WeightException {
        FileBytes file = FileBytes.open(path);
        try {
            return new WeightFile(file, read(file));
        } catch (WeightException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static Checkpoint read(FileBytes file) throws WeightException {
        if (file.size() == 0) {
            throw file.fault("", "weights", "an empty file", "fetch the weight file again");
        }
        byte[] head = new byte[(int) Math.min(HEAD, file.size())];
        file.read(0, ByteBuffer.wrap(head), "start");
        if (SafetensorsReader.recognises(head)) {
            return SafetensorsReader.read(file);
        }
        if (TorchZip.recognises(head)) {
            return TorchZip.read(file);
        }
        if (TorchLegacy.recognises(head)) {
            return TorchLegacy.read(file);
        }
        refuseKnown(file, new String(head, StandardCharsets.ISO_8859_1));
        return SafetensorsReader.read(file);
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
        } else if (head.startsWith("GGUF")) {
            throw file.fault("start", "weights", "a GGUF file", "convert it to safetensors");
        } else if (head.startsWith("ustar", 257)) {
            throw file.fault("start", "weights", "a tar archive, PyTorch's format before 2017",
                    "load it with PyTorch and save it again");
        } else if (head.startsWith("\u0080")) {
            throw file.fault("start", "weights", "a bare pickle", "save the state dict with torch.save");
        }
    }

    public Path path() {
        return file.path();
    }

    public Format format() {
        return checkpoint.format();
    }

    /**
     * The tensors by name, in file order. Of a PyTorch checkpoint that wraps its weights in a dict called
     * {@code state_dict, model_state, model} or {@code model_state_dict}, those inside it; else all, with the names of
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
            if (stripped.putIfAbsent(name, entry.getValue()) != null) {
                throw file.fault(name, "one tensor of this name", "another as " + entry.getKey(),
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

    /** Closes the file; reading its tensors throws from then on. */
    @Override
    public void close() {
        file.close();
    }
}
