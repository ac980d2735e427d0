package lanewise.weights;

import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import lanewise.weights.PickleValue.Storage;

/**
 * Reads a PyTorch file as written since release 1.6: a ZIP of one folder with {@code data.pkl}, the values as
 * {@code data/KEY}, {@code version} and perhaps {@code byteorder}. Checksums are verified where the archive has them (0 says
 * that it has none): those of the values when a tensor is read, the others at once.
 */
final class TorchZip {
    private static final String PICKLE = "data.pkl";
    private static final long LONGEST_NOTE = 64;

    /** The highest archive version that PyTorch's reader accepts (source: caffe2/serialize/versions.h). */
    private static final int NEWEST = 10;

    private final FileBytes file;
    private final Budget budget;
    private final Map<String, ZipDirectory.Entry> entries;
    private final String folder;

    private TorchZip(FileBytes file, Budget budget) throws WeightException {
        this.file = file;
        this.budget = budget;
        entries = ZipDirectory.read(file, budget);
        folder = folder();
    }

    /** Whether a file that starts with {@code head} has this format. */
    static boolean recognises(byte[] head) {
        return head.length >= 4 && head[0] == 'P' && head[1] == 'K'
                && (head[2] == 3 && head[3] == 4 || head[2] == 5 && head[3] == 6);
    }

    static Checkpoint read(FileBytes file, Budget budget) throws WeightException {
        return new TorchZip(file, budget).checkpoint();
    }

    /** The one folder of the archive, with a slash. */
    private String folder() throws WeightException {
        String first = entries.keySet().iterator().next();
        String folder = first.substring(0, first.indexOf('/') + 1);
        for (String name : entries.keySet()) {
            if (folder.isEmpty() || !name.startsWith(folder)) {
                throw file.fault("archive", "one folder", name + " beside " + first, "save it again with torch.save");
            }
        }
        return folder;
    }

    private Checkpoint checkpoint() throws WeightException {
        boolean script = entries.keySet().stream()
                .anyMatch(name -> name.equals(folder + "constants.pkl") || name.startsWith(folder + "code/"));
        if (script) {
            throw file.fault("archive", "a state dict", "a TorchScript program",
                    "load it with torch.jit.load and save its state_dict()");
        }
        ZipDirectory.Entry pickle = entries.get(folder + PICKLE);
        if (pickle == null) {
            throw file.fault("archive", "an entry " + PICKLE, "none", "save the state dict with torch.save");
        }
        checkVersion();
        ByteOrder order = byteOrder();
        ZipDirectory.verify(file, pickle);
        Pickle contents = PickleReader.read(file, PICKLE, pickle.position(), pickle.end(), budget);
        StateDict dict = StateDict.of(contents.value(), file, budget);
        return new Checkpoint(WeightFile.Format.PYTORCH_ZIP, dict.located(locations(contents.storages()), order),
                dict.notes());
    }

    private void checkVersion() throws WeightException {
        String version = note("version", "3");
        if (!version.matches("[0-9]{1,4}") || Integer.parseInt(version) > NEWEST) {
            throw file.fault("version", "an archive version up to " + NEWEST, "'" + version + "'",
                    "save it with an older release of PyTorch");
        }
    }

    private ByteOrder byteOrder() throws WeightException {
        String order = note("byteorder", "little");
        return switch (order) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw file.fault("byteorder", "little or big", "'" + order + "'", "save it again with torch.save");
        };
    }

    /** The text of a small entry, or what its absence means. */
    private String note(String name, String absent) throws WeightException {
        ZipDirectory.Entry entry = entries.get(folder + name);
        if (entry == null) {
            return absent;
        }
        if (entry.size() > LONGEST_NOTE) {
            throw file.fault(name, "at most " + LONGEST_NOTE + " bytes", entry.size() + " bytes",
                    "save it again with torch.save");
        }
        ZipDirectory.verify(file, entry);
        return new Cursor(file, name, entry.position(), entry.end()).text(entry.size()).strip();
    }

    /** Where the values of each storage start; each must have an entry of exactly its size. */
    private Map<String, StateDict.Location> locations(Map<String, Storage> storages) throws WeightException {
        Map<String, StateDict.Location> locations = new HashMap<>();
        for (Storage storage : storages.values()) {
            String name = folder + "data/" + storage.key();
            ZipDirectory.Entry entry = entries.get(name);
            long bytes = storage.elements() * storage.dtype().bytes();
            if (entry == null || entry.size() != bytes) {
                throw file.fault("storage " + storage.key(), bytes + " bytes in an entry data/" + storage.key(),
                        entry == null ? "no such entry" : entry.size() + " bytes", "the file is damaged; fetch it again");
            }
            locations.put(storage.key(), new StateDict.Location(entry.position(), new Once(entry)));
        }
        return locations;
    }

    /** Verifies the checksum of an entry when it is first needed. */
    private final class Once implements StoredTensor.Check {
        private final ZipDirectory.Entry entry;
        private boolean verified;

        Once(ZipDirectory.Entry entry) {
            this.entry = entry;
        }

        @Override
        public synchronized void run() throws WeightException {
            if (!verified) {
                ZipDirectory.verify(file, entry);
                verified = true;
            }
        }
    }
}
