package lanewise.weights;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A scoped view of a checkpoint, from which a model declaration takes the tensors it needs. A missing or misshaped
 * tensor is remembered, not thrown, so that {@link #finish()} can report everything that does not fit at once.
 * All views made by {@link #at} share one ledger of what was taken. One caller at a time.
 */
public final class Weights {
    /** Batch norm's step counter, which inference never needs. */
    private static final String STEP_COUNTER = "num_batches_tracked";

    private final Ledger ledger;
    private final String path;

    private Weights(Ledger ledger, String path) {
        this.ledger = ledger;
        this.path = path;
    }

    /**
     * A view of the whole of {@code tensors}.
     *
     * @param origin the file the tensors come from, for messages
     * @param tensors by full name
     */
    public static Weights of(String origin, Map<String, WeightTensor> tensors) {
        return new Weights(new Ledger(origin, Collections.unmodifiableMap(tensors), false), "");
    }

    /**
     * Weights without a file: {@link #take} answers every name and every shape with fixed pseudo-random values that
     * depend on both alone, for benchmarks, descriptions and reference results. Nothing is listed: {@link #has} is
     * always false, {@link #names} empty, and {@link #finish} never fails.
     * Defined are names that end in {@code weight, bias, running_mean, running_var, num_batches_tracked} or
     * {@code input}; reading any other throws {@link IllegalArgumentException}.
     */
    public static Weights seeded() {
        return new Weights(new Ledger("seeded weights", Map.of(), true), "");
    }

    /** The view of a child scope: {@code at("layer1").take("0.weight")} takes {@code layer1.0.weight}. */
    public Weights at(String scope) {
        return new Weights(ledger, path(scope));
    }

    /** The full name of this scope; empty at the top. */
    public String path() {
        return path;
    }

    /** The full name of {@code name} in this scope. */
    public String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Whether the checkpoint holds {@code name} in this scope. */
    public boolean has(String name) {
        return ledger.tensors.containsKey(path(name));
    }

    /**
     * The extents of {@code name} in this scope.
     *
     * @throws NoSuchElementException if it is absent; ask {@link #has} first
     */
    public List<Integer> dims(String name) {
        WeightTensor tensor = ledger.tensors.get(path(name));
        if (tensor == null) {
            throw new NoSuchElementException(ledger.origin + " has no tensor " + path(name));
        }
        return tensor.dims();
    }

    /** The names below this scope, relative to it. */
    public SortedSet<String> names() {
        String prefix = path("");
        SortedSet<String> names = new TreeSet<>();
        for (String name : ledger.tensors.keySet()) {
            if (name.startsWith(prefix)) {
                names.add(name.substring(prefix.length()));
            }
        }
        return Collections.unmodifiableSortedSet(names);
    }

    /**
     * The tensor {@code name} of this scope, which the network needs with these extents. If the checkpoint has no such
     * tensor, or one of another shape, {@link #finish()} will say so; what is returned then has the wanted
     * extents but throws when it is read.
     *
     * @param dims the wanted extents, outermost first; none for a scalar
     */
    public WeightTensor take(String name, int... dims) {
        List<Integer> wanted = IntStream.of(dims).boxed().toList();
        if (wanted.stream().anyMatch(extent -> extent < 0)) {
            throw new IllegalArgumentException("negative extent in " + wanted + " of " + path(name));
        }
        return ledger.take(path(name), wanted);
    }

    /**
     * Ends the declaration: every tensor taken so far must have been there in the right shape, and every tensor of the
     * checkpoint must have been taken, except {@code num_batches_tracked}.
     *
     * @throws WeightException with one line for each tensor that does not fit and the names not used
     */
    public void finish() throws WeightException {
        ledger.finish();
    }

    private static final class Ledger {
        private final String origin;
        private final Map<String, WeightTensor> tensors;
        private final boolean seeded;
        private final SortedSet<String> taken = new TreeSet<>();
        private final Misfits misfits = new Misfits();

        Ledger(String origin, Map<String, WeightTensor> tensors, boolean seeded) {
            this.origin = origin;
            this.tensors = tensors;
            this.seeded = seeded;
        }

        WeightTensor take(String name, List<Integer> wanted) {
            if (seeded) {
                return new SeededTensor(name, wanted);
            }
            taken.add(name);
            WeightTensor tensor = tensors.get(name);
            if (tensor != null && tensor.dims().equals(wanted)) {
                return tensor;
            }
            String found = tensor == null ? "file has none" : "file has " + Misfits.shape(tensor.dims());
            misfits.add(name, Misfits.shape(wanted), found);
            return new Absent(origin, name, wanted, found);
        }

        void finish() throws WeightException {
            List<String> unused = tensors.keySet().stream()
                    .filter(name -> !taken.contains(name) && !isStepCounter(name))
                    .toList();
            misfits.check(origin, unused);
        }

        private static boolean isStepCounter(String name) {
            return name.equals(STEP_COUNTER) || name.endsWith("." + STEP_COUNTER);
        }
    }

    /** Stands for a tensor that is missing or has another shape, until {@link #finish()} reports it. */
    private record Absent(String origin, String name, List<Integer> dims, String found) implements WeightTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public void read(MemorySegment destination) throws WeightException {
            throw new WeightException(origin, name, Misfits.shape(dims), found,
                    "take a checkpoint of this architecture, or the architecture of this checkpoint");
        }
    }
}
