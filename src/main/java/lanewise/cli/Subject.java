package lanewise.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lanewise.model.Architecture;
import lanewise.model.Architectures;
import lanewise.model.Model;
import lanewise.nn.Network;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.Weights;

/** What a user names by one word: a published architecture or a weight file. */
sealed interface Subject {
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

    /** A weight file. */
    record Stored(Path file) implements Subject {
        @Override
        public Declared declare(Map<String, String> settings) throws UserException, WeightException {
            try (WeightFile open = WeightFile.open(file)) {
                Weights weights = open.weights();
                Architecture architecture = Setting.configured(Model.recognise(open, weights).architecture(), settings);
                Network network = architecture.declare(weights);
                weights.finish();
                return new Declared(architecture, network);
            }
        }
    }

    /** An architecture if the word is the name of one, else a file. */
    static Subject of(String word) throws UserException {
        Optional<Architecture> named = Architectures.named(word);
        if (named.isPresent()) {
            return new Published(named.get());
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
        List<String> names = Architectures.names();
        return names.stream()
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
