package lanewise.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.Npy;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.WeightTensor;

/** A file of raw tensors; the ending of its name says of which kind. */
sealed interface TensorFile {
    /** The name that an output has in a file with names. */
    String OUTPUT = "output";

    Path path();

    /**
     * The input of a network: N C H W or N C T H W.
     *
     * @param name the tensor; empty for the first one
     */
    Tensor read(Arena arena, Optional<String> name) throws UserException, WeightException;

    /** Writes N C; the file appears complete or not at all. */
    void write(Tensor output) throws WeightException;

    static TensorFile of(Path path) throws UserException {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".npy")) {
            return new NumPy(path);
        }
        if (name.endsWith(".safetensors")) {
            return new Named(path);
        }
        throw new UserException(path + ": not a tensor file by its name; take one that ends in .npy or .safetensors");
    }

    /** Finds out before a long run what would fail after it. */
    default void requireWritable() throws UserException {
        Path folder = path().toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new UserException(path() + ": the folder " + folder + " does not exist; make it first");
        }
        if (Files.isDirectory(path())) {
            throw new UserException(path() + ": a folder; give the name of a file");
        }
        if (!Files.isWritable(folder)) {
            throw new UserException(path() + ": no permission to write to " + folder + "; choose another folder");
        }
    }

    /** Refuses to replace a file that is read, also where it goes by another name. */
    default void requireOtherThan(Path source, String what) throws UserException {
        try {
            if (Files.exists(path()) && Files.exists(source) && Files.isSameFile(path(), source)) {
                throw new UserException(path() + " is " + what + " itself; give another name");
            }
        } catch (IOException e) {
            throw new UserException(path() + ": cannot be told from " + source + "; give another name", e);
        }
    }

    private static Shape batch(Path path, List<Integer> dims) throws UserException {
        String found = dims.isEmpty() ? "a scalar" : dims.stream().map(String::valueOf).collect(Collectors.joining("x"));
        if (dims.size() != 4 && dims.size() != 5) {
            throw new UserException(path + ": " + found + " has " + dims.size() + " axes, not N C H W or N C T H W;"
                    + " put the batch axis first, as 1x3x224x224");
        }
        if (dims.size() == 4 && dims.get(0) == 3 && dims.get(1) != 3) {
            throw new UserException(path + ": " + found + " read as N C H W has " + dims.get(1) + " channels; if it is"
                    + " C T H W, put the batch axis first: 1x" + found);
        }
        try {
            return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
        } catch (IllegalArgumentException e) {
            throw new UserException(path + ": " + e.getMessage() + "; split the batch", e);
        }
    }

    /** One array without a name. */
    record NumPy(Path path) implements TensorFile {
        @Override
        public Tensor read(Arena arena, Optional<String> name) throws UserException, WeightException {
            if (name.isPresent()) {
                throw new UserException("--tensor: " + path + " holds one array without a name; leave --tensor out");
            }
            Shape shape = batch(path, Npy.dims(path));
            Tensor tensor = Npy.read(arena, path);
            if (!tensor.shape().equals(shape)) {
                throw new UserException(path + ": changed while it was read; try again");
            }
            return tensor;
        }

        @Override
        public void write(Tensor output) throws WeightException {
            Npy.write(path, output);
        }
    }

    /** A safetensors file. */
    record Named(Path path) implements TensorFile {
        @Override
        public Tensor read(Arena arena, Optional<String> name) throws UserException, WeightException {
            try (WeightFile file = WeightFile.open(path)) {
                Map<String, WeightTensor> tensors = file.tensors();
                if (tensors.isEmpty()) {
                    throw new UserException(path + ": a file without tensors; write one into it");
                }
                WeightTensor stored = tensors.get(name.orElse(tensors.keySet().iterator().next()));
                if (stored == null) {
                    throw new UserException("--tensor: " + path + " has no tensor " + name.orElseThrow() + "; it has "
                            + tensors.keySet().stream().limit(5).collect(Collectors.joining(", "))
                            + (tensors.size() > 5 ? " and " + (tensors.size() - 5) + " more" : ""));
                }
                Tensor tensor = Tensor.allocate(arena, batch(path, stored.dims()));
                stored.read(tensor.data());
                return tensor;
            }
        }

        @Override
        public void write(Tensor output) throws WeightException {
            Shape shape = output.shape();
            Safetensors.write(path, Map.of(),
                    List.of(WeightTensor.of(OUTPUT, output.toArray(), shape.n(), shape.c() * shape.plane())));
        }
    }
}
