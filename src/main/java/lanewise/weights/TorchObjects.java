package lanewise.weights;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/**
 * What the known functions of a checkpoint's pickle give, with every argument checked: storages, tensors that lie
 * inside their storages, ordered dicts (argument lists: PyTorch's {@code torch/_utils.py} and
 * {@code torch/serialization.py}).
 */
final class TorchObjects {
    private static final int MOST_DIMS = 64;
    private static final long MOST_ELEMENTS = 1L << 31;

    /** An expanded tensor repeats the elements of its storage; this often at most. */
    private static final long MOST_REPEATS = 1_024;

    private final Cursor in;
    private final Map<String, Storage> storages = new HashMap<>();

    /** @param in where the pickle is being read, for messages */
    TorchObjects(Cursor in) {
        this.in = in;
    }

    PickleValue call(TorchGlobal function, List<PickleValue> arguments, Budget budget, String place)
            throws WeightException {
        budget.charge(32L * arguments.size(), place);
        return switch (function) {
            case ORDERED_DICT -> orderedDict(arguments, budget, place);
            case SIZE -> size(arguments);
            case REBUILD_TENSOR -> {
                count(function, arguments, 4, 4);
                yield tensor(arguments, budget, place);
            }
            case REBUILD_TENSOR_V2 -> {
                count(function, arguments, 6, 7);
                gradient(arguments.get(4), arguments.get(5));
                yield tensor(arguments, budget, place);
            }
            case REBUILD_PARAMETER -> {
                count(function, arguments, 3, 3);
                yield parameter(arguments);
            }
            case REBUILD_PARAMETER_WITH_STATE -> {
                count(function, arguments, 4, 4);
                yield parameter(arguments);
            }
            case DOUBLE_STORAGE, FLOAT_STORAGE, HALF_STORAGE, BFLOAT16_STORAGE, LONG_STORAGE, INT_STORAGE, SHORT_STORAGE,
                    CHAR_STORAGE, BYTE_STORAGE, BOOL_STORAGE, COMPLEX_FLOAT_STORAGE ->
                    throw in.fault("a storage in the file", "a call of " + function.qualifiedName());
        };
    }

    /** Every storage the pickle named so far, whole, by key. */
    Map<String, Storage> storages() {
        return storages;
    }

    /**
     * The storage a persistent id names: {@code ("storage", class, key, device, elements)}, in old files followed by
     * None or {@code (view key, offset, elements)}.
     */
    Storage storage(PickleValue id) throws WeightException {
        if (!(id instanceof Tuple tuple) || tuple.items().size() < 5 || tuple.items().size() > 6
                || !(tuple.items().get(0) instanceof Text tag) || !tag.value().equals("storage")) {
            throw in.fault("a persistent id of a storage", id.kind());
        }
        List<PickleValue> items = tuple.items();
        Optional<DType> type = items.get(1) instanceof Known known ? known.global().elementType() : Optional.empty();
        if (type.isEmpty()) {
            throw in.fault("a storage class", items.get(1).kind());
        }
        DType dtype = type.get();
        if (!(items.get(2) instanceof Text key) || !(items.get(3) instanceof Text)) {
            throw in.fault("a storage key and a device", items.get(2).kind() + " and " + items.get(3).kind());
        }
        long elements = natural("storage size", items.get(4));
        if (elements > Long.MAX_VALUE / dtype.bytes()) {
            throw in.fault("a storage size below 2^63 bytes", elements + " elements");
        }
        Storage whole = new Storage(key.value(), dtype, elements, 0, elements);
        Storage other = storages.putIfAbsent(key.value(), whole);
        if (other != null && !other.equals(whole)) {
            throw in.fault("storage " + key.value() + " as " + other.dtype() + " of " + other.elements(),
                    dtype + " of " + elements);
        }
        if (items.size() < 6 || items.get(5) instanceof Plain) {
            return whole;
        }
        if (!(items.get(5) instanceof Tuple view) || view.items().size() != 3) {
            throw in.fault("a storage view of key, offset and size", items.get(5).kind());
        }
        long offset = natural("view offset", view.items().get(1));
        long viewElements = natural("view size", view.items().get(2));
        if (offset > elements || viewElements > elements - offset) {
            throw in.fault("a view inside the storage's " + elements + " elements",
                    viewElements + " elements from " + offset);
        }
        return new Storage(key.value(), dtype, elements, offset, viewElements);
    }

    private PickleValue orderedDict(List<PickleValue> arguments, Budget budget, String place) throws WeightException {
        Dict dict = new Dict(true);
        if (arguments.isEmpty()) {
            return dict;
        }
        // Python 2 wrote OrderedDict([[key, value], ...]).
        if (arguments.size() != 1 || !(arguments.getFirst() instanceof Sequence pairs)) {
            throw in.fault("an OrderedDict of a list of pairs", arguments.getFirst().kind());
        }
        budget.charge(32L * pairs.items().size(), place);
        for (PickleValue pair : pairs.items()) {
            List<PickleValue> items = switch (pair) {
                case Sequence list -> list.items();
                case Tuple tuple -> tuple.items();
                case PickleValue other -> throw in.fault("a pair of key and value", other.kind());
            };
            if (items.size() != 2) {
                throw in.fault("a pair of key and value", items.size() + " items");
            }
            dict.items().add(new Item(items.get(0), items.get(1)));
        }
        return dict;
    }

    private PickleValue size(List<PickleValue> arguments) throws WeightException {
        if (arguments.size() != 1 || !(arguments.getFirst() instanceof Tuple extents)) {
            throw in.fault("torch.Size of a tuple", "something else");
        }
        return extents;
    }

    private PickleValue parameter(List<PickleValue> arguments) throws WeightException {
        gradient(arguments.get(1), arguments.get(2));
        if (!(arguments.getFirst() instanceof Tensor tensor)) {
            throw in.fault("a tensor in a parameter", arguments.getFirst().kind());
        }
        return tensor;
    }

    private void gradient(PickleValue required, PickleValue hooks) throws WeightException {
        if (!(required instanceof Bool) || !(hooks instanceof Dict || hooks instanceof Plain)) {
            throw in.fault("requires_grad and backward hooks", required.kind() + " and " + hooks.kind());
        }
    }

    private Tensor tensor(List<PickleValue> arguments, Budget budget, String place) throws WeightException {
        if (!(arguments.get(0) instanceof Storage storage)) {
            throw in.fault("a storage", arguments.get(0).kind());
        }
        long offset = natural("tensor offset", arguments.get(1));
        List<Long> extents = naturals("tensor size", arguments.get(2));
        List<Long> strides = naturals("tensor stride", arguments.get(3));
        if (extents.size() != strides.size()) {
            throw in.fault("as many extents as strides", extents.size() + " and " + strides.size());
        }
        budget.charge(96L * extents.size(), place);
        List<Integer> dims = new ArrayList<>(extents.size());
        for (long extent : extents) {
            if (extent > Integer.MAX_VALUE) {
                throw in.fault("extents of at most 2^31 - 1", Long.toString(extent));
            }
            dims.add((int) extent);
        }
        checkInside(storage, offset, dims, strides);
        return new Tensor(storage, offset, List.copyOf(dims), strides);
    }

    private void checkInside(Storage storage, long offset, List<Integer> dims, List<Long> strides)
            throws WeightException {
        if (offset > storage.viewElements()) {
            throw in.fault("an offset inside the storage's " + storage.viewElements() + " elements",
                    Long.toString(offset));
        }
        if (dims.contains(0)) {
            return;
        }
        long elements = 1;
        long last = offset;
        try {
            for (int i = 0; i < dims.size(); i++) {
                elements = Math.multiplyExact(elements, dims.get(i));
                last = Math.addExact(last, Math.multiplyExact(dims.get(i) - 1, strides.get(i)));
            }
        } catch (ArithmeticException e) {
            throw in.fault("a tensor inside its storage", "size " + dims + " with strides " + strides);
        }
        if (last >= storage.viewElements()) {
            throw in.fault("a tensor inside its storage's " + storage.viewElements() + " elements",
                    "its last element at " + last);
        }
        if (elements > MOST_ELEMENTS || elements / MOST_REPEATS > storage.viewElements()) {
            throw in.fault("at most 2^31 elements and " + MOST_REPEATS + " times the storage", elements + " elements");
        }
    }

    private List<Long> naturals(String what, PickleValue value) throws WeightException {
        if (!(value instanceof Tuple tuple) || tuple.items().size() > MOST_DIMS) {
            throw in.fault(what + " as a tuple of at most " + MOST_DIMS, value.kind());
        }
        List<Long> numbers = new ArrayList<>(tuple.items().size());
        for (PickleValue item : tuple.items()) {
            numbers.add(natural(what, item));
        }
        return List.copyOf(numbers);
    }

    private long natural(String what, PickleValue value) throws WeightException {
        if (!(value instanceof Int number) || number.value() < 0) {
            throw in.fault(what + " from 0 to 2^63 - 1",
                    value instanceof Int number ? Long.toString(number.value()) : value.kind());
        }
        return number.value();
    }

    private void count(TorchGlobal function, List<PickleValue> arguments, int least, int most) throws WeightException {
        if (arguments.size() < least || arguments.size() > most) {
            throw in.fault(least + " to " + most + " arguments of " + function.qualifiedName(),
                    Integer.toString(arguments.size()));
        }
    }
}
