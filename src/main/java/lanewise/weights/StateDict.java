package lanewise.weights;

import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lanewise.weights.PickleValue.Bool;
import lanewise.weights.PickleValue.Dict;
import lanewise.weights.PickleValue.Int;
import lanewise.weights.PickleValue.Item;
import lanewise.weights.PickleValue.Known;
import lanewise.weights.PickleValue.Plain;
import lanewise.weights.PickleValue.Sequence;
import lanewise.weights.PickleValue.Storage;
import lanewise.weights.PickleValue.Tensor;
import lanewise.weights.PickleValue.Text;
import lanewise.weights.PickleValue.Tuple;
import lanewise.weights.PickleValue.Unknown;

/**
 * Finds the tensors in the value of a checkpoint's pickle. If the top dict holds a dict called {@code state_dict,
 * model_state, model, model_state_dict} or {@code net}, its tensors are meant and the rest (optimizer, arguments) is not
 * looked at; else all tensors of the top dict. Nested dicts give names joined by dots.
 */
final class StateDict {
    private static final List<String> WRAPPERS = List.of("state_dict", "model_state", "model", "model_state_dict", "net");
    private static final int DEEPEST = 64;
    private static final int MOST_VISITS = 1_000_000;

    /** Tensors may share a storage, so a small file could claim any amount of memory; this much for each of its bytes. */
    private static final long MOST_AMPLIFICATION = 16;
    private static final long FREE_BYTES = 1 << 20;

    private final FileBytes file;
    private final Budget budget;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> notes = new LinkedHashMap<>();
    private int visits;

    private StateDict(FileBytes file, Budget budget) {
        this.file = file;
        this.budget = budget;
    }

    static StateDict of(PickleValue value, FileBytes file, Budget budget) throws WeightException {
        StateDict found = new StateDict(file, budget);
        if (!(value instanceof Dict top)) {
            throw file.fault("checkpoint", "a dict of tensors", value.kind(),
                    "save model.state_dict() instead of the model itself");
        }
        for (String wrapper : WRAPPERS) {
            for (Item item : top.items()) {
                if (item.key() instanceof Text name && name.value().equals(wrapper) && item.value() instanceof Dict inner) {
                    found.note(top);
                    found.collect(inner, "", 0);
                    return found;
                }
            }
        }
        found.note(top);
        found.collect(top, "", 0);
        return found;
    }

    /** The numbers and short strings of the top dict, such as an epoch or an architecture's name. */
    Map<String, String> notes() {
        return notes;
    }

    /** Where the values of a storage start in the file, and what must hold of them. */
    record Location(long position, StoredTensor.Check check) {}

    /** The tensors by name, in file order, given where each storage is. */
    Map<String, WeightTensor> located(Map<String, Location> locations, ByteOrder order) throws WeightException {
        Map<String, WeightTensor> located = new LinkedHashMap<>();
        long most = MOST_AMPLIFICATION * file.size() + FREE_BYTES;
        long bytes = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            Storage storage = tensor.storage();
            Location location = locations.get(storage.key());
            if (location == null) {
                throw file.fault(entry.getKey(), "the values of storage " + storage.key(), "none in the file",
                        "the file is cut short or damaged; fetch it again");
            }
            long position = location.position + (storage.viewOffset() + tensor.offset()) * storage.dtype().bytes();
            WeightTensor stored = new StoredTensor(file, location.check, entry.getKey(), tensor.dims(), storage.dtype(), order,
                    position, tensor.strides());
            bytes += stored.elements() * Float.BYTES;
            if (bytes > most) {
                throw file.fault(entry.getKey(), "tensors of at most " + most + " bytes as float32 in a file of "
                        + file.size(), "at least " + bytes, "save each tensor as tensor.contiguous()");
            }
            located.put(entry.getKey(), stored);
        }
        return located;
    }

    private void note(Dict top) throws WeightException {
        for (Item item : top.items()) {
            if (item.key() instanceof Text key) {
                switch (item.value()) {
                    case Text text -> note(key.value(), text.value());
                    case Int number -> note(key.value(), Long.toString(number.value()));
                    case Bool bool -> note(key.value(), Boolean.toString(bool.value()));
                    case Plain plain when plain.kind().equals("a float") -> note(key.value(), plain.text());
                    case Plain _, Sequence _, Tuple _, Dict _, Known _, Unknown _, Storage _, Tensor _ -> { }
                }
            }
        }
    }

    private void note(String key, String value) throws WeightException {
        budget.charge(128, "checkpoint");
        notes.put(key, value);
    }

    private void collect(Dict dict, String prefix, int depth) throws WeightException {
        if (depth > DEEPEST) {
            throw file.fault("checkpoint", "at most " + DEEPEST + " nested dicts", "more", "save the bare state dict");
        }
        for (Item item : dict.items()) {
            if (++visits > MOST_VISITS) {
                throw file.fault("checkpoint", "at most " + MOST_VISITS + " values", "more", "save the bare state dict");
            }
            switch (item.value()) {
                case Tensor tensor -> {
                    String name = name(prefix, item.key());
                    budget.charge(400, name);
                    if (tensors.putIfAbsent(name, tensor) != null) {
                        throw file.fault(name, "one tensor of this name", "two", "the file is damaged or hostile");
                    }
                }
                case Dict inner -> collect(inner, name(prefix, item.key()) + ".", depth + 1);
                case Unknown unknown -> throw file.fault(name(prefix, item.key()), "a tensor or a plain value",
                        unknown.kind(), "save model.state_dict(), or put it under 'state_dict'");
                case Known known -> throw file.fault(name(prefix, item.key()), "a tensor or a plain value",
                        known.kind(), "save model.state_dict()");
                case Text _, Int _, Bool _, Plain _, Sequence _, Tuple _, Storage _ -> { }
            }
        }
    }

    private String name(String prefix, PickleValue key) throws WeightException {
        String last = switch (key) {
            case Text text -> text.value();
            case Int number -> Long.toString(number.value());
            case Bool _, Plain _, Sequence _, Tuple _, Dict _, Known _, Unknown _, Storage _, Tensor _ ->
                    throw file.fault(prefix + "?", "a string as the name of a tensor", key.kind(),
                            "save model.state_dict()");
        };
        budget.chargeText(prefix.length() + last.length(), "checkpoint");
        return prefix + last;
    }
}
