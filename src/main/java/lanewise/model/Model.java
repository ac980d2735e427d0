package lanewise.model;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import lanewise.kernel.VectorPath;
import lanewise.nn.Network;
import lanewise.nn.Options;
import lanewise.nn.Plan;
import lanewise.nn.Program;
import lanewise.nn.Session;
import lanewise.nn.ShapeException;
import lanewise.nn.WarmUp;
import lanewise.nn.Workers;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.Weights;

/**
 * A network with its weights, ready to answer: from a checkpoint to predictions.
 *
 * <p>Any number of threads may call {@link #run} and {@link #classify} at once: they share the packed weights, and each
 * call borrows a session of its own. The model owns the weights' memory and its worker threads until {@link #close()},
 * which waits for calls under way.
 */
public final class Model implements AutoCloseable {
    /** Memory of sessions that wait for the next call; the last one used stays whatever it holds. */
    private static final long MOST_IDLE_BYTES = 256L << 20;

    private final Architecture architecture;
    private final List<String> labels;
    private final Program program;
    private final Arena arena;
    private final Workers workers;
    private final Sessions sessions;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private Model(Beside beside, Program program, Arena arena) {
        architecture = beside.architecture();
        labels = beside.labels();
        this.program = program;
        this.arena = arena;
        workers = new Workers(program.options().threads());
        sessions = new Sessions(program, workers, MOST_IDLE_BYTES);
    }

    /** Loads a checkpoint (safetensors or PyTorch) with all defaults. */
    public static Model load(Path file) throws WeightException {
        return load(file, Options.standard(), Map.of());
    }

    /**
     * Loads a checkpoint: see {@link #load(WeightFile, Options, Map)}. The file is closed before this returns.
     *
     * @throws WeightException also if the file cannot be read
     */
    public static Model load(Path file, Options options, Map<String, String> settings) throws WeightException {
        try (WeightFile weightFile = WeightFile.open(file)) {
            return load(weightFile, options, settings);
        }
    }

    /**
     * Loads a checkpoint. Its architecture is recognised as {@link #recognise} says; the file may be closed afterwards. The
     * first load in a process also warms the vector kernels up, on a thread that ends by itself: see {@link WarmUp}.
     *
     * @param settings options of the architecture by name, for what no file tells: see {@link Architecture#with}
     * @throws WeightException if the file is no network that Lanewise knows, does not fit it, or is written to meanwhile
     * @throws IllegalArgumentException if the architecture has no such option
     */
    public static Model load(WeightFile file, Options options, Map<String, String> settings) throws WeightException {
        try {
            Weights weights = file.weights();
            Beside beside = recognise(file, weights).with(settings);
            Network network = beside.architecture().declare(weights);
            weights.finish();
            if (options.vectors()) {
                VectorPath.require();
                WarmUp.start();
            }
            Model model = pack(beside, network, options);
            try {
                file.requireUnchanged();
                return model;
            } catch (WeightException e) {
                model.close();
                throw e;
            }
        } catch (ShapeException e) {
            throw new WeightException(file.path().toString(), "", "a network that takes the inputs it is prepared for",
                    e.getMessage(), "correct its options, or the file beside the weights that says how pictures are prepared");
        }
    }

    /**
     * Loads one of the {@link ShippedModels} with all defaults.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Model shipped(String name) throws WeightException {
        try (WeightFile file = ShippedModels.open(name)) {
            return load(file, Options.standard(), Map.of());
        }
    }

    /** A model with generated weights, for measuring and testing without a file. */
    public static Model seeded(Architecture architecture, Options options) throws WeightException {
        return pack(new Beside(architecture, List.of()), architecture.declare(Weights.seeded()), options);
    }

    /**
     * The architecture of a checkpoint, from keys and shapes, and from what is said beside them: in the file's own metadata
     * (see {@link ModelCard}), or for what these leave out in Hugging Face's {@code config.json} and
     * {@code preprocessor_config.json} or timm's {@code config.json} in its folder, which are not asked where the metadata
     * have both options and preprocessing. Where none of them names the classes of a network of torchvision's, 1,000 are
     * ImageNet's and 400 are Kinetics'.
     *
     * @param weights a fresh view of the file
     * @throws WeightException if it is none that Lanewise knows, or asks for what Lanewise does not have
     */
    public static Beside recognise(WeightFile file, Weights weights) throws WeightException {
        Architecture recognised = Architectures.recognise(weights)
                .orElseThrow(() -> Architectures.unknown(file.path().toString(), weights));
        Beside known = ModelCard.read(file,
                ModelCard.isIn(file) ? new Beside(recognised, List.of()) : Beside.of(file.path(), recognised));
        return known.labels().isEmpty() ? new Beside(known.architecture(), ClassNames.usual(recognised)) : known;
    }

    private static Model pack(Beside beside, Network network, Options options) throws WeightException {
        Arena arena = Arena.ofShared();
        try {
            return new Model(beside, Program.of(arena, network, beside.architecture().inputShape(), options), arena);
        } catch (WeightException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Runs the network on a batch.
     *
     * @param arena will own the answer
     * @param input N 3 T H W, prepared as {@link #preprocessing()} says
     * @return the logits, N × classes (or the features of a network without classifier)
     * @throws ShapeException if the network cannot take that shape
     */
    public Tensor run(Arena arena, Tensor input) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the model is closed");
            }
            Session session = sessions.borrow(input.shape());
            try {
                Tensor result = session.run(input);
                Tensor copy = Tensor.allocate(arena, result.shape());
                copy.copyFrom(result);
                return copy;
            } finally {
                sessions.giveBack(session);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * The most probable classes of one picture or clip, best first.
     *
     * @param input 1 3 T H W
     * @param top how many
     */
    public List<Prediction> classify(Tensor input, int top) {
        if (input.shape().n() != 1) {
            throw new IllegalArgumentException("classify takes one picture or clip, not a batch of " + input.shape().n()
                    + "; use run for batches");
        }
        try (Arena answer = Arena.ofShared()) {
            float[] outputs = run(answer, input).toArray();
            return architecture.probabilities() ? ranked(outputs, i -> outputs[i], top) : predictions(outputs, top);
        }
    }

    /** The most probable classes by their logits, best first; NaN logits come last and make every probability NaN. */
    public static List<Prediction> predictions(float[] logits, int top) {
        double max = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElse(0);
        double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - max)).sum();
        return ranked(logits, i -> Math.exp(logits[i] - max) / sum, top);
    }

    private static List<Prediction> ranked(float[] outputs, IntToDoubleFunction probability, int top) {
        return IntStream.range(0, outputs.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -outputs[i]))
                .limit(top)
                .map(i -> new Prediction(i, probability.applyAsDouble(i), outputs[i]))
                .toList();
    }

    /**
     * A session of one's own for inputs of one shape, for callers that want no pooling: close it before the model.
     *
     * @throws ShapeException if the network cannot take that shape
     */
    public Session session(Shape input) {
        WarmUp.stop();
        return plan(input).session(workers);
    }

    /** The plan for inputs of one shape. */
    public Plan plan(Shape input) {
        return program.plan(input);
    }

    public Architecture architecture() {
        return architecture;
    }

    /** Names of the classes in the order of the logits, as {@link #recognise} finds them; empty where it does not. */
    public List<String> labels() {
        return labels;
    }

    public Network network() {
        return program.network();
    }

    /** How pictures or clips become inputs of this model. */
    public Preprocessing preprocessing() {
        return architecture.preprocessing();
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                sessions.close();
                workers.close();
                arena.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
