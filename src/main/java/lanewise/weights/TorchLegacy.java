package lanewise.weights;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lanewise.weights.PickleValue.Bool;
import lanewise.weights.PickleValue.Dict;
import lanewise.weights.PickleValue.Int;
import lanewise.weights.PickleValue.Item;
import lanewise.weights.PickleValue.Plain;
import lanewise.weights.PickleValue.Sequence;
import lanewise.weights.PickleValue.Storage;
import lanewise.weights.PickleValue.Text;
import lanewise.weights.PickleValue.Tuple;

/**
 * Reads a PyTorch file as written before release 1.6: five pickles (a magic number, the protocol version, facts about
 * the writing machine, the checkpoint, the storage keys), then for each key the element count and the raw values
 * (source: {@code _legacy_save} in PyTorch's {@code torch/serialization.py}).
 */
final class TorchLegacy {
    /** The first pickle: opcodes PROTO 2, LONG1 with the ten bytes of the magic number, STOP. */
    private static final byte[] MAGIC = {
        (byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50,
        0x19, '.'
    };

    private static final long PROTOCOL = 1001;
    private static final String CURE = "the file is damaged; fetch it again";

    private final FileBytes file;
    private final Budget budget;
    private long position = MAGIC.length;

    private TorchLegacy(FileBytes file, Budget budget) {
        this.file = file;
        this.budget = budget;
    }

    /** Whether a file that starts with {@code head} has this format. */
    static boolean recognises(byte[] head) {
        return head.length >= MAGIC.length && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    static Checkpoint read(FileBytes file, Budget budget) throws WeightException {
        return new TorchLegacy(file, budget).checkpoint();
    }

    private Checkpoint checkpoint() throws WeightException {
        if (!(next("protocol version").value() instanceof Int protocol) || protocol.value() != PROTOCOL) {
            throw file.fault("protocol version", Long.toString(PROTOCOL), "another value", CURE);
        }
        checkMachine(next("system information").value());
        Pickle pickle = next("checkpoint");
        if (!(next("storage keys").value() instanceof Sequence keys)) {
            throw file.fault("storage keys", "a list", "another value", CURE);
        }
        StateDict dict = StateDict.of(pickle.value(), file, budget);
        Map<String, StateDict.Location> locations = locations(keys.items(), pickle.storages());
        return new Checkpoint(WeightFile.Format.PYTORCH_LEGACY, dict.located(locations, ByteOrder.LITTLE_ENDIAN),
                dict.notes());
    }

    private Pickle next(String place) throws WeightException {
        Pickle pickle = PickleReader.read(file, place, position, file.size(), budget);
        position = pickle.end();
        return pickle;
    }

    private void checkMachine(PickleValue information) throws WeightException {
        boolean littleEndian = false;
        if (information instanceof Dict dict) {
            for (Item item : dict.items()) {
                switch (item.value()) {
                    case Bool bool -> littleEndian |= bool.value()
                            && item.key() instanceof Text key && key.value().equals("little_endian");
                    case Int _, Text _, Plain _, Tuple _, Dict _, Sequence _ -> { }
                    case PickleValue other -> throw file.fault("system information", "plain values", other.kind(), CURE);
                }
            }
        }
        if (!littleEndian) {
            throw file.fault("system information", "a little-endian machine", "another",
                    "load the file with PyTorch and save it again");
        }
    }

    /** Walks over the values; each storage must be one the checkpoint names, of the size it names. */
    private Map<String, StateDict.Location> locations(List<PickleValue> keys, Map<String, Storage> storages)
            throws WeightException {
        Map<String, StateDict.Location> locations = new HashMap<>();
        for (PickleValue key : keys) {
            if (!(key instanceof Text text) || !storages.containsKey(text.value())) {
                throw file.fault("storage keys", "the key of a storage the checkpoint names", "another", CURE);
            }
            Storage storage = storages.get(text.value());
            Cursor in = new Cursor(file, "storage " + text.value(), position, file.size());
            long elements = in.i64();
            StateDict.Location location = new StateDict.Location(in.position(), StoredTensor.Check.NONE);
            if (elements != storage.elements() || locations.put(text.value(), location) != null) {
                throw file.fault("storage " + text.value(), storage.elements() + " elements, once",
                        elements + " elements", CURE);
            }
            in.skip(elements * storage.dtype().bytes());
            position = in.position();
        }
        if (position != file.size()) {
            throw file.fault("end", "the end of the file at " + position, (file.size() - position) + " more bytes", CURE);
        }
        return locations;
    }
}
