package lanewise.weights;

import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lanewise.weights.PickleValue.Bool;
import lanewise.weights.PickleValue.Dict;
import lanewise.weights.PickleValue.Int;
import lanewise.weights.PickleValue.Item;
import lanewise.weights.PickleValue.Known;
import lanewise.weights.PickleValue.Plain;
import lanewise.weights.PickleValue.Sequence;
import lanewise.weights.PickleValue.Text;
import lanewise.weights.PickleValue.Tuple;
import lanewise.weights.PickleValue.Unknown;

/**
 * Reads one pickle as inert {@link PickleValue}s (opcodes: Python's {@code pickletools}). It takes the opcodes that
 * writers of checkpoints use, protocols 2 to 5, and refuses the rest. Of functions and classes it knows
 * {@link TorchGlobal}; calling any other gives a placeholder, and nothing is ever executed or looked up.
 */
final class PickleReader {
    /** Limits that no real checkpoint comes near. */
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_OPCODES = 5_000_000;
    private static final int MOST_MEMO = 1_000_000;
    private static final int MOST_MARKS = 64;
    private static final int LONGEST_NAME = 1_024;
    private static final int LONGEST_INTEGER = 1_024;
    /** Decoding takes several times as much for a moment. */
    private static final int LONGEST_TEXT = 16 << 20;

    private static final Plain NONE = new Plain("None", "None");
    private static final Bool TRUE = new Bool(true);
    private static final Bool FALSE = new Bool(false);

    private final String place;
    private final long end;
    private final Budget budget;
    private final TorchObjects objects;
    private final Cursor in;
    private final List<PickleValue> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, PickleValue> memo = new HashMap<>();

    private PickleReader(FileBytes file, String place, long start, long end, Budget budget) {
        this.place = place;
        this.end = end;
        this.budget = budget;
        in = new Cursor(file, place, start, end - start > MOST_BYTES ? start + MOST_BYTES : end);
        objects = new TorchObjects(in);
    }

    /**
     * Reads the pickle that starts at byte {@code start} and stops before byte {@code end}.
     *
     * @param place its name in messages
     * @param budget what the values may take
     */
    static Pickle read(FileBytes file, String place, long start, long end, Budget budget) throws WeightException {
        PickleReader reader = new PickleReader(file, place, start, end, budget);
        PickleValue value = reader.run();
        return new Pickle(value, reader.objects.storages(), reader.in.position());
    }

    private PickleValue run() throws WeightException {
        for (int count = 0; count < MOST_OPCODES; count++) {
            int opcode = in.u8();
            if (opcode == '.') {
                if (stack.size() != 1 || !marks.isEmpty()) {
                    throw in.fault("one value at the end of the pickle", stack.size() + " on the stack");
                }
                return stack.getFirst();
            }
            step(opcode);
        }
        throw in.fault("at most " + MOST_OPCODES + " opcodes", "more");
    }

    private void step(int opcode) throws WeightException {
        switch (opcode) {
            case 0x80 -> protocol(in.u8());
            case 0x95 -> frame(in.i64());
            case '(' -> mark();
            case 'N' -> stack.add(NONE);
            case 0x88 -> stack.add(TRUE);
            case 0x89 -> stack.add(FALSE);
            case 'J' -> push(new Int(in.i32()));
            case 'K' -> push(new Int(in.u8()));
            case 'M' -> push(new Int(in.u16()));
            case 0x8a -> push(integer(in.u8()));
            case 0x8b -> push(integer(in.i32()));
            case 'G' -> push(new Plain("a float", Double.toString(Double.longBitsToDouble(Long.reverseBytes(in.i64())))));
            case 'X' -> push(text(in.u32()));
            case 0x8c -> push(text(in.u8()));
            case 0x8d -> push(text(in.i64()));
            case 'U' -> push(oldString(in.u8()));
            case 'T' -> push(oldString(in.i32()));
            case 'C' -> push(bytes(in.u8()));
            case 'B' -> push(bytes(in.u32()));
            case 0x8e, 0x96 -> push(bytes(in.i64()));
            case ')' -> stack.add(Tuple.EMPTY);
            case 't' -> push(tuple(popToMark()));
            case 0x85 -> push(tuple(popTop(1)));
            case 0x86 -> push(tuple(popTop(2)));
            case 0x87 -> push(tuple(popTop(3)));
            case ']', 0x8f -> push(new Sequence());
            case '}' -> push(new Dict(false));
            case 0x91 -> frozenSet(popToMark());
            case 'a' -> append(popTop(1));
            case 'e', 0x90 -> append(popToMark());
            case 's' -> setItems(popTop(2));
            case 'u' -> setItems(popToMark());
            case 'q' -> remember(in.u8());
            case 'r' -> remember(in.u32());
            case 0x94 -> remember(memo.size());
            case 'h' -> recall(in.u8());
            case 'j' -> recall(in.u32());
            case 'c' -> global(in.line(LONGEST_NAME), in.line(LONGEST_NAME));
            case 0x93 -> global();
            case 'R', 0x81 -> call();
            case 'b' -> build();
            case 'Q' -> storage();
            default -> throw in.fault("an opcode that checkpoints use", "0x" + Integer.toHexString(opcode));
        }
    }

    private void protocol(int version) throws WeightException {
        if (version < 2 || version > 5) {
            throw in.fault("pickle protocol 2 to 5", Integer.toString(version));
        }
    }

    private void frame(long length) throws WeightException {
        if (length < 0 || length > end - in.position()) {
            throw in.fault("a frame inside the pickle", Long.toUnsignedString(length) + " bytes");
        }
    }

    private void mark() throws WeightException {
        if (marks.size() == MOST_MARKS) {
            throw in.fault("at most " + MOST_MARKS + " nested values", "more");
        }
        marks.add(stack.size());
    }

    private void push(PickleValue value) throws WeightException {
        budget.charge(64, place);
        stack.add(value);
    }

    private PickleValue pop() throws WeightException {
        int floor = marks.isEmpty() ? 0 : marks.getLast();
        if (stack.size() <= floor) {
            throw in.fault("a value on the stack", "none");
        }
        return stack.removeLast();
    }

    private List<PickleValue> popTop(int count) throws WeightException {
        List<PickleValue> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.addFirst(pop());
        }
        return values;
    }

    private List<PickleValue> popToMark() throws WeightException {
        if (marks.isEmpty()) {
            throw in.fault("a mark on the stack", "none");
        }
        List<PickleValue> top = stack.subList(marks.removeLast(), stack.size());
        budget.charge(16L * top.size(), place);
        List<PickleValue> values = List.copyOf(top);
        top.clear();
        return values;
    }

    private PickleValue peek() throws WeightException {
        PickleValue value = pop();
        stack.add(value);
        return value;
    }

    private PickleValue integer(int length) throws WeightException {
        if (length < 0 || length > LONGEST_INTEGER) {
            throw in.fault("an integer of at most " + LONGEST_INTEGER + " bytes", Integer.toUnsignedString(length));
        }
        byte[] bigEndian = in.bytes(length);
        for (int i = 0, j = length - 1; i < j; i++, j--) {
            byte swap = bigEndian[i];
            bigEndian[i] = bigEndian[j];
            bigEndian[j] = swap;
        }
        BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
        budget.charge(2L * length, place);
        return value.bitLength() < Long.SIZE ? new Int(value.longValue()) : new Plain("a big integer", value.toString(16));
    }

    private PickleValue text(long length) throws WeightException {
        chargeText(length);
        return new Text(in.text(length));
    }

    private void chargeText(long length) throws WeightException {
        if (length < 0 || length > LONGEST_TEXT) {
            throw in.fault("a string of at most " + LONGEST_TEXT + " bytes", Long.toUnsignedString(length));
        }
        budget.chargeText(length, place);
    }

    /** A string of Python 2, which held text and bytes alike. */
    private PickleValue oldString(int length) throws WeightException {
        chargeText(length);
        byte[] bytes = in.bytes(length);
        try {
            return new Text(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return new Plain("bytes", "");
        }
    }

    private PickleValue bytes(long length) throws WeightException {
        in.skip(length);
        return new Plain("bytes", "");
    }

    private PickleValue tuple(List<PickleValue> items) throws WeightException {
        budget.charge(16L * items.size(), place);
        return new Tuple(items);
    }

    private void frozenSet(List<PickleValue> items) throws WeightException {
        push(new Sequence());
        append(items);
    }

    private void append(List<PickleValue> items) throws WeightException {
        switch (peek()) {
            case Sequence list -> {
                budget.charge(32 + 16L * items.size(), place);
                list.items().addAll(items);
            }
            case Unknown _ -> { }
            case PickleValue other -> throw in.fault("a list to append to", other.kind());
        }
    }

    private void setItems(List<PickleValue> items) throws WeightException {
        if (items.size() % 2 != 0) {
            throw in.fault("keys with values", "a key without value");
        }
        switch (peek()) {
            case Dict dict -> {
                budget.charge(32 + 32L * items.size(), place);
                for (int i = 0; i < items.size(); i += 2) {
                    dict.items().add(new Item(items.get(i), items.get(i + 1)));
                }
            }
            case Unknown _ -> { }
            case PickleValue other -> throw in.fault("a dict to set items of", other.kind());
        }
    }

    private void remember(long index) throws WeightException {
        if (index >= MOST_MEMO) {
            throw in.fault("a memo of at most " + MOST_MEMO + " values", "number " + index);
        }
        budget.charge(48, place);
        memo.put((int) index, peek());
    }

    private void recall(long index) throws WeightException {
        PickleValue value = index < MOST_MEMO ? memo.get((int) index) : null;
        if (value == null) {
            throw in.fault("a value remembered before", "number " + index);
        }
        stack.add(value);
    }

    private void global() throws WeightException {
        List<PickleValue> names = popTop(2);
        if (!(names.get(0) instanceof Text module) || !(names.get(1) instanceof Text name)) {
            throw in.fault("two strings that name a global", names.get(0).kind() + " and " + names.get(1).kind());
        }
        global(module.value(), name.value());
    }

    private void global(String module, String name) throws WeightException {
        budget.chargeText(module.length() + name.length(), place);
        push(TorchGlobal.of(module, name).<PickleValue>map(Known::new).orElseGet(() -> new Unknown(module + "." + name)));
    }

    private void storage() throws WeightException {
        budget.charge(128, place);
        push(objects.storage(pop()));
    }

    private void call() throws WeightException {
        List<PickleValue> call = popTop(2);
        if (!(call.get(1) instanceof Tuple arguments)) {
            throw in.fault("a tuple of arguments", call.get(1).kind());
        }
        push(switch (call.get(0)) {
            case Known function -> objects.call(function.global(), arguments.items(), budget, place);
            case Unknown function -> function;
            case PickleValue other -> throw in.fault("a function to call", other.kind());
        });
    }

    /** Attributes: of an {@code OrderedDict}, such as a state dict's {@code _metadata}, or of something unknown. */
    private void build() throws WeightException {
        PickleValue state = pop();
        PickleValue target = peek();
        boolean attributes = target instanceof Unknown
                || target instanceof Dict dict && dict.ordered() && state instanceof Dict;
        if (!attributes) {
            throw in.fault("attributes of an OrderedDict", state.kind() + " for " + target.kind());
        }
    }
}
