package lanewise.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import lanewise.model.Architecture;
import lanewise.model.Architectures;
import lanewise.model.Model;
import lanewise.model.ShippedModels;
import lanewise.nn.Network;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.Weights;

/** What a user names by one word: a published architecture, a network that comes with Lanewise, or a weight file. */
sealed interface Subject {
    /** What the help says of a network. */
    String NET = "An architecture, a network that comes with Lanewise (characters, motion) or a weight file.";

    /** What the help says of a network with its weights. */
    String MODEL = "A weight file (safetensors or PyTorch, or the index of several), "
            + "or a network that comes with Lanewise: characters or motion.";

    /**
     * The architecture and its layers; no weight is read.
     *
     * @param settings options of the architecture by name
     */
    Declared declare(Map<String, String> settings) throws UserException, WeightException;

    /** A net with its layers. */
    record Declared(Architecture architecture, Network network) {}

    /** A published architecture. */
    record Published(Architecture architecture) implements Subject {
        @Override
        public Declared declare(Map<String, String> settings) throws UserException {
            Architecture configured = Setting.configured(architecture, settings);
            return new Declared(configured, configured.declare(Weights.seeded()));
        }
    }

    /** Something with weights. */
    sealed interface Trained extends Subject {
        /** As the user wrote it. */
        String name();

        WeightFile open() throws WeightException;

        @Override
        default Declared declare(Map<String, String> settings) throws UserException, WeightException {
            try (WeightFile file = open()) {
                Weights weights = file.weights();
                Architecture architecture = Setting.configured(Model.recognise(file, weights).architecture(), settings);
                Network network = architecture.declare(weights);
                weights.finish();
                return new Declared(architecture, network);
            }
        }
    }

    /** A weight file. */
    record Stored(Path file) implements Trained {
        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public WeightFile open() throws WeightException {
            return WeightFile.open(file);
        }
    }

    /** One of the {@link ShippedModels}. */
    record Shipped(String name) implements Trained {
        @Override
        public WeightFile open() throws WeightException {
            return ShippedModels.open(name);
        }
    }

    /**
     * What {@code --model} names: a shipped network if the word is the name of one, else a file, which need not be there.
     *
     * @throws IllegalArgumentException if the word is a bare architecture, or no file can have that name
     */
    static Trained trained(String word) {
        if (ShippedModels.names().contains(word)) {
            return new Shipped(word);
        }
        Path file = Main.path(word);
        if (Architectures.named(word).isPresent() && !Files.exists(file)) {
            throw new IllegalArgumentException(word
                    + " is an architecture, which has no weights of its own; give a weight file, or "
                    + String.join(" or ", ShippedModels.names()));
        }
        return new Stored(file);
    }

    /** An architecture or a shipped network if the word is the name of one, else a file. */
    static Subject of(String word) throws UserException {
        Optional<Architecture> named = Architectures.named(word);
        if (named.isPresent()) {
            return new Published(named.get());
        }
        if (ShippedModels.names().contains(word)) {
            return new Shipped(word);
        }
        try {
            Path file = Main.path(word);
            if (Files.exists(file)) {
                return new Stored(file);
            }
        } catch (IllegalArgumentException e) {
            throw new UserException(e.getMessage(), e);
        }
        if (word.contains(".") || word.contains("/")) {
            throw new UserException(word + ": no such file; check the path");
        }
        throw new UserException(word + ": neither an architecture nor a file; " + nearest(word)
                .map(name -> "did you mean " + name + "?")
                .orElse("the architectures are " + Architectures.families()));
    }

    /** The name that takes the fewest changes, if that is at most a third of the letters. */
    private static Optional<String> nearest(String word) {
        return Stream.concat(Architectures.names().stream(), ShippedModels.names().stream())
                .min(Comparator.comparingInt(name -> distance(word, name)))
                .filter(name -> 3 * distance(word, name) <= name.length());
    }

    /** Letters to insert, drop or change (Levenshtein 1966). */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(above[j - 1] + change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[to.length()];
    }
}
