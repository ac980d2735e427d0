package lanewise.weights;

import java.util.ArrayList;
import java.util.List;

/**
 * What a pickle describes, as inert data. None of these stands for a Java class named by the file, and nothing here
 * descends into what it contains, which a hostile pickle may nest or share without end.
 */
sealed interface PickleValue {
    /** The kind of value, for messages. */
    String kind();

    record Text(String value) implements PickleValue {
        @Override
        public String kind() {
            return "a string";
        }
    }

    record Int(long value) implements PickleValue {
        @Override
        public String kind() {
            return "an integer";
        }
    }

    record Bool(boolean value) implements PickleValue {
        @Override
        public String kind() {
            return "a boolean";
        }
    }

    /** A value no tensor is built from: None, a float, bytes, an integer beyond 64 bits. */
    record Plain(String kind, String text) implements PickleValue {}

    /** A list or a set. */
    final class Sequence implements PickleValue {
        private final List<PickleValue> items = new ArrayList<>(0);

        List<PickleValue> items() {
            return items;
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A tuple, or a {@code torch.Size}. */
    final class Tuple implements PickleValue {
        static final Tuple EMPTY = new Tuple(List.of());

        private final List<PickleValue> items;

        Tuple(List<PickleValue> items) {
            this.items = List.copyOf(items);
        }

        List<PickleValue> items() {
            return items;
        }

        @Override
        public String kind() {
            return "a tuple";
        }
    }

    /** A dict; its keys are not compared, so a key may be set twice. */
    final class Dict implements PickleValue {
        private final List<Item> items = new ArrayList<>(0);
        private final boolean ordered;

        /** @param ordered whether this is an {@code OrderedDict}, which alone may carry attributes */
        Dict(boolean ordered) {
            this.ordered = ordered;
        }

        List<Item> items() {
            return items;
        }

        boolean ordered() {
            return ordered;
        }

        @Override
        public String kind() {
            return "a dict";
        }
    }

    record Item(PickleValue key, PickleValue value) {}

    /** A function or class known to the format of checkpoints. */
    record Known(TorchGlobal global) implements PickleValue {
        @Override
        public String kind() {
            return global.qualifiedName();
        }
    }

    /** Any other function or class, or what calling it would give; {@code name} is the file's word for it. */
    record Unknown(String name) implements PickleValue {
        @Override
        public String kind() {
            return "an object of or reference to " + name;
        }
    }

    /**
     * The values of one or several tensors, elsewhere in the file.
     *
     * @param key its name in the file
     * @param elements of the whole storage
     * @param viewOffset the first element of the part meant, for old files; else 0
     * @param viewElements of the part meant
     */
    record Storage(String key, DType dtype, long elements, long viewOffset, long viewElements) implements PickleValue {
        @Override
        public String kind() {
            return "a storage";
        }
    }

    /** A checked view of a storage; strides and offset count elements. */
    record Tensor(Storage storage, long offset, List<Integer> dims, List<Long> strides) implements PickleValue {
        @Override
        public String kind() {
            return "a tensor";
        }
    }
}
