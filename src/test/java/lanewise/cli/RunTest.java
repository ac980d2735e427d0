package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lanewise.model.Model;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.Npy;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
    private static final Shape BATCH = Shape.image(2, 3, 20, 24);

    @TempDir
    private Path folder;

    private final Arena arena = Arena.ofAuto();
    private Path weights;
    private Tensor input;
    private Path npy;

    @BeforeEach
    void files() throws WeightException {
        weights = TestFiles.tinyWeights(folder);
        input = Tensor.of(arena, BATCH, Weights.seeded().take("input", 2, 3, 20, 24).toArray());
        npy = folder.resolve("in.npy");
        Npy.write(npy, input);
    }

    private float[] expected(Tensor in) throws WeightException {
        try (Model model = Model.load(weights)) {
            return model.run(arena, in).toArray();
        }
    }

    private Path safetensors(String name, Map<String, int[]> tensors) throws WeightException {
        Path file = folder.resolve(name);
        Safetensors.write(file, Map.of(), tensors.entrySet().stream()
                .map(entry -> WeightTensor.of(entry.getKey(), input.toArray(), entry.getValue())).toList());
        return file;
    }

    @Test
    void npyToNpyIsTheModelBitForBit() throws WeightException, IOException {
        Path out = folder.resolve("out.npy");
        CommandLineRun run = CommandLineRun.of("run", "--model", weights, "--input", npy, "--output", out).good();
        Tensor found = Npy.read(arena, out);
        assertEquals(Shape.vector(2, TestFiles.CLASSES), found.shape());
        assertArrayEquals(expected(input), found.toArray());
        assertEquals(1, run.lines().size());
        assertTrue(run.lines().getFirst().matches("2x3x20x24 -> 2x7  [0-9.]+ ms  vector kernels"), run.out());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(3, files.count(), "weights, input, output and no draft");
        }
    }

    @Test
    void safetensorsBothWays() throws WeightException {
        Path in = safetensors("in.safetensors", Map.of("clip", new int[] {1, 3, 2, 20, 24}));
        Path out = folder.resolve("out.safetensors");
        CommandLineRun.of("run", "--model", weights, "--input", in, "--output", out).good();
        Tensor clip = Tensor.of(arena, new Shape(1, 3, 2, 20, 24), input.toArray());
        try (WeightFile file = WeightFile.open(out)) {
            assertEquals(List.of(1, TestFiles.CLASSES), file.tensors().get("output").dims());
            assertArrayEquals(expected(clip), file.tensors().get("output").toArray());
        }
    }

    @Test
    void aNamedTensorIsTaken() throws WeightException {
        Path in = folder.resolve("two.safetensors");
        Safetensors.write(in, Map.of(), List.of(
                WeightTensor.of("first", new float[48], 1, 3, 4, 4),
                WeightTensor.of("second", input.toArray(), 2, 3, 20, 24)));
        Path out = folder.resolve("out.npy");
        CommandLineRun.of("run", "--model", weights, "--input", in, "--tensor", "second", "--output", out).good();
        assertArrayEquals(expected(input), Npy.read(arena, out).toArray());
        CommandLineRun.of("run", "--model", weights, "--input", in, "--output", out).good();
        assertEquals(Shape.vector(1, TestFiles.CLASSES), Npy.read(arena, out).shape());
        CommandLineRun.of("run", "--model", weights, "--input", in, "--tensor", "third", "--output", out)
                .bad("no tensor third", "first, second");
        CommandLineRun.of("run", "--model", weights, "--input", npy, "--tensor", "first", "--output", out).bad("--tensor");
    }

    @Test
    void featuresOfAModelWithoutClassifier() throws WeightException {
        Path features = TestFiles.weights(folder.resolve("features.safetensors"), TestFiles.tiny(0));
        Path out = folder.resolve("out.npy");
        CommandLineRun.of("run", "--model", features, "--input", npy, "--output", out).good();
        assertEquals(Shape.vector(2, 16), Npy.read(arena, out).shape());
    }

    @Test
    void scalarKernelsGiveTheSameBits() throws WeightException {
        Path out = folder.resolve("out.npy");
        CommandLineRun run = CommandLineRun.of(
                "run", "--scalar", "--model", weights, "--input", npy, "--output", out).good();
        assertTrue(run.out().contains("scalar kernels"), run.out());
        assertArrayEquals(expected(input), Npy.read(arena, out).toArray());
    }

    @Test
    void unfusedStepsAgree() throws WeightException {
        Path out = folder.resolve("out.npy");
        CommandLineRun.of("run", "--unfused", "--model", weights, "--input", npy, "--output", out).good();
        float[] expected = expected(input);
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertArrayEquals(expected, Npy.read(arena, out).toArray(), 1e-5f * largest);
    }

    @Test
    void theBatchAxisIsAskedFor() throws WeightException {
        Path out = folder.resolve("out.npy");
        Path three = safetensors("three.safetensors", Map.of("x", new int[] {3, 40, 24}));
        CommandLineRun.of("run", "--model", weights, "--input", three, "--output", out).bad("3x40x24", "batch axis first");
        Path clip = safetensors("clip.safetensors", Map.of("x", new int[] {3, 2, 20, 24}));
        CommandLineRun.of("run", "--model", weights, "--input", clip, "--output", out).bad("1x3x2x20x24");
        Path wrong = safetensors("wrong.safetensors", Map.of("x", new int[] {1, 6, 20, 24}));
        CommandLineRun.of("run", "--model", weights, "--input", wrong, "--output", out).bad("wants 3 channels");
    }

    @Test
    void threeAxesInNpyAreNoBatchEither() throws IOException {
        byte[] header = ("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2, 2), }\n").getBytes();
        byte[] file = new byte[10 + header.length + 48];
        System.arraycopy(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length, 0}, 0, file, 0, 10);
        System.arraycopy(header, 0, file, 10, header.length);
        Path three = Files.write(folder.resolve("three.npy"), file);
        CommandLineRun.of("run", "--model", weights, "--input", three, "--output", folder.resolve("out.npy"))
                .bad("3x2x2", "batch axis first");
    }

    @Test
    void outputsThatCannotBeWrittenAreRefusedFirst() {
        for (Path out : List.of(folder.resolve("none").resolve("out.npy"), folder.resolve("out.txt"), Path.of("/"))) {
            CommandLineRun.of("run", "--model", "absent.pth", "--input", npy, "--output", out).bad(out.toString());
        }
    }

    @Test
    void theModelAndTheInputAreNotOverwritten() throws IOException {
        byte[] model = Files.readAllBytes(weights);
        byte[] data = Files.readAllBytes(npy);
        Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), weights);
        for (Path out : List.of(weights, link)) {
            CommandLineRun.of("run", "--model", weights, "--input", npy, "--output", out)
                    .bad(out + " is the model itself; give another name");
        }
        CommandLineRun.of("run", "--model", link, "--input", npy, "--output", npy)
                .bad(npy + " is the input itself; give another name");
        assertArrayEquals(model, Files.readAllBytes(weights));
        assertArrayEquals(data, Files.readAllBytes(npy));
    }
}
