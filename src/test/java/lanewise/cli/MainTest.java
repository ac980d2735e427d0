package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Help, versions and everything that goes wrong. */
class MainTest {
    @TempDir
    private static Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "classify", "run", "describe", "bench"})
    void helpShowsExamplesIn80Columns(String verb) {
        List<String> lines = CommandLineRun.of(Stream.of(verb, "--help").filter(word -> !word.isEmpty()).toArray())
                .good().lines();
        String start = ("  lanewise " + verb).stripTrailing();
        assertTrue(lines.stream().anyMatch(line -> line.startsWith(start)), String.join("\n", lines));
        assertTrue(lines.stream().allMatch(line -> line.length() <= 80), String.join("\n", lines));
        CommandLine root = new CommandLine(new Main());
        CommandLine command = verb.isEmpty() ? root : root.getSubcommands().get(verb);
        for (String line : command.getCommandSpec().usageMessage().footer()) {
            assertTrue(lines.contains(line), "broken in two: " + line);
        }
    }

    @Test
    void version() {
        assertTrue(CommandLineRun.of("--version").good().out().startsWith("lanewise "));
    }

    static Stream<Arguments> misuse() {
        return Stream.of(
                Arguments.of("", "no verb"),
                Arguments.of("clasify", "did you mean classify?"),
                Arguments.of("classify", "--model"),
                Arguments.of("classify --model m.pth", "INPUT"),
                Arguments.of("classify --model m.pth --colour x a.png", "--colour"),
                Arguments.of("classify --modle m.pth a.png", "unknown option '--modle'; did you mean --model?"),
                Arguments.of("run --model m.pth --input x.npy --outptu=y.npy", "did you mean --output?"),
                Arguments.of("classify --model m.pth -house.jpg", "unknown option '-house.jpg'"),
                Arguments.of("classify --model m.pth --top 0 a.png", "--top"),
                Arguments.of("classify --model m.pth --top many a.png", "'--top': 'many' is not a whole number"),
                Arguments.of("classify --model m.pth --size 224 a.png", "--size"),
                Arguments.of("classify --model m.pth --resize wide a.png", "--resize"),
                Arguments.of("classify --model m.pth --resize 0 a.png", "--resize"),
                Arguments.of("classify --model m.pth --mean 1,2 a.png", "--mean"),
                Arguments.of("classify --model m.pth --std 1,2,x a.png", "--std"),
                Arguments.of("classify --model m.pth --format xml a.png", "text or json"),
                Arguments.of("classify --model m.pth --option epsilon a.png", "NAME=VALUE"),
                Arguments.of("classify --model m.pth --threads 0 a.png", "--threads"),
                Arguments.of("classify --model m.pth --labels none.txt a.png", "none.txt"),
                Arguments.of("classify --model no-such.pth a.png", "no-such.pth"),
                Arguments.of("classify --model . a.png", "directory"),
                Arguments.of("classify --model resnet18 a.png", "'--model': resnet18 is an architecture"),
                Arguments.of("describe motoin", "did you mean motion?"),
                Arguments.of("run --model m.pth --output y.npy", "--input"),
                Arguments.of("run --model m.pth --input no-such.npy --output y.npy", "no-such.npy"),
                Arguments.of("run --model m.pth --input x.png --output y.npy", ".safetensors"),
                Arguments.of("describe", "A"),
                Arguments.of("describe resnet-18", "did you mean resnet18?"),
                Arguments.of("describe vgg", "resnet10t, 18, 18d, 26t, 34, 50,"),
                Arguments.of("describe no/such.pth", "no such file"),
                Arguments.of("describe resnet18 resnet34 resnet50", "resnet50"),
                Arguments.of("describe resnet18 --shape 3x224", "wants 3 channels"),
                Arguments.of("describe resnet18 --shape 224", "--shape"),
                Arguments.of("describe resnet18 --shape 1x3x99999x99999", "--shape"),
                Arguments.of("describe resnet18 --shape 1x4x224x224", "wants 3 channels"),
                Arguments.of("bench resnet18 --option depth=3", "no option 'depth'"),
                Arguments.of("bench resnet18 --option epsilon=small", "epsilon"),
                Arguments.of("bench resnet18 --seconds 0", "--seconds"),
                Arguments.of("bench resnet18 --seconds long", "'long' is not a number"),
                Arguments.of("bench resnet18 --seconds NaN", "--seconds"),
                Arguments.of("bench cifar_resnet20 --shape 1x1x32x32", "wants 3 channels"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misuse")
    void misuseGivesOneLine(String command, String part) {
        CommandLineRun run = CommandLineRun.of(Stream.of(command.split(" ")).filter(word -> !word.isEmpty()).toArray());
        run.bad(part);
        assertEquals("", run.out());
    }

    /** No absolute name begins with a dash, so the file lies in the tests' working directory for a moment. */
    @Test
    void aFileThatLooksLikeAnOption() throws IOException {
        Path file = Files.createTempFile(Path.of(""), "-house", ".jpg");
        try {
            CommandLineRun.of("classify", "--model", "m.pth", file).bad("unknown option", "write ./" + file + ";");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void damagedAndForeignWeightsGiveOneLine() throws IOException, WeightException {
        Path picture = TestFiles.picture(folder.resolve("a.png"), 32, 32, 1);
        Path whole = TestFiles.tinyWeights(folder);
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(bytes, bytes.length / 2));
        CommandLineRun.of("classify", "--model", cut, picture).bad(cut.toString());
        CommandLineRun.of("classify", "--model", picture, picture).bad(picture.toString(), "neither safetensors nor a PyTorch");
        Path jpeg = Files.write(folder.resolve("b.jpg"), new byte[] {-1, -40, -1, -32, 0, 16, 74, 70, 73, 70, 0, 1});
        Path text = Files.writeString(folder.resolve("text.pth"), "one line of text");
        Path word = Files.writeString(folder.resolve("word.pth"), "word");
        for (Path none : List.of(jpeg, text, word)) {
            CommandLineRun.of("classify", "--model", none, picture)
                    .bad(none + ": ", "neither safetensors nor a PyTorch checkpoint; give the weight file itself");
        }
        Path empty = Files.createFile(folder.resolve("empty.pth"));
        CommandLineRun.of("classify", "--model", empty, picture).bad(empty + ": ", "found an empty file; fetch");
        Path labels = TestFiles.labels(folder.resolve("few.txt"), 3);
        CommandLineRun.of("classify", "--model", whole, "--labels", labels, picture).bad("3 labels", "7 classes");
        Path foreign = folder.resolve("foreign.safetensors");
        Safetensors.write(foreign, Map.of(), List.of(WeightTensor.of("a.weight", new float[4], 4)));
        CommandLineRun.of("describe", foreign).bad("a.weight");
    }

    @Test
    void aLongReportComesDownToItsFirstLine() throws WeightException {
        Path file = folder.resolve("misfit.safetensors");
        Safetensors.write(file, Map.of(), List.of(
                WeightTensor.of("conv1.weight", new float[4 * 27], 4, 3, 3, 3),
                WeightTensor.of("bn1.running_mean", new float[5], 5),
                WeightTensor.of("layer1.0.conv1.weight", new float[4 * 36], 4, 4, 3, 3)));
        CommandLineRun.of("describe", file).bad("33 misfits, 0 unused, first bn1.weight expected (4) file has none (LANEWISE_DEBUG=1 lists more);"
                + " take a checkpoint of this architecture");
    }

    @Test
    void aNetThatLacksOneKeyIsToldWhich() throws WeightException {
        Path file = folder.resolve("lacks.safetensors");
        Safetensors.write(file, Map.of(), List.of(
                WeightTensor.of("bn1.running_mean", new float[4], 4),
                WeightTensor.of("layer1.0.conv1.weight", new float[4 * 36], 4, 4, 3, 3)));
        CommandLineRun.of("describe", file).bad("the blocks of a ResNet without its stem conv1");
        Safetensors.write(file, Map.of(), List.of(WeightTensor.of("layer1.0.conv2.0.weight", new float[432], 4, 4, 3, 3, 3)));
        CommandLineRun.of("describe", file).bad("the blocks of a video ResNet without its stem.0.weight");
        Safetensors.write(file, Map.of(), List.of(WeightTensor.of("a.weight", new float[4], 4)));
        CommandLineRun.of("describe", file).bad("keys such as a.weight", "cifar_resnet20, 32, 44, 56, 110; kensho_r2plus1d_18, 34, 50;");
    }

    @Test
    void lineBreaksInNamesDoNotBreakTheLine() throws WeightException {
        Path weights = TestFiles.tinyWeights(folder);
        CommandLineRun.of("classify", "--model", weights, "two\nlines\u001B[31m.png")
                .bad("two lines?[31m.png: no such file");
    }

    /** Names are shown as answers and as progress, which only a terminal gets. */
    @ParameterizedTest
    @ValueSource(strings = {"describe", "bench", "classify"})
    void escapeSequencesInNamesDoNotReachATerminal(String verb) throws IOException, WeightException {
        Path weights = TestFiles.weights(folder.resolve("red\u001B[31m.safetensors"), TestFiles.tiny(3));
        Path picture = TestFiles.picture(folder.resolve("red\u001B[31m.png"), 32, 32, 1);
        List<Object> line = switch (verb) {
            case "describe" -> List.of(verb, weights);
            case "bench" -> List.of(verb, weights, "--scalar", "--threads", 1, "--seconds", "0.01");
            default -> List.of(verb, "--model", weights, picture);
        };
        System.setProperty(Progress.PROPERTY, "true");
        try {
            CommandLineRun run = CommandLineRun.of(line.toArray());
            assertEquals(Main.OK, run.code(), run.err());
            assertTrue(run.out().contains("red?[31m"), run.out());
            assertFalse((run.out() + run.err()).contains("\u001B[31m"), run.out() + run.err());
            assertFalse(run.err().contains("peak"), "no peak without vectors, or outside bench: " + run.err());
        } finally {
            System.clearProperty(Progress.PROPERTY);
        }
    }

    /** As in a locale that lacks letters, where Java replaces them; no system has names with a zero character. */
    @Test
    void namesThatNoFileCanHave() {
        CommandLineRun.of("describe", "a\0b").bad("cannot be a file name");
        CommandLineRun.of("classify", "--model", "a\0b", "c.png").bad("--model", "cannot be a file name");
    }

    @Test
    void internalErrorsAskForAReport() {
        StringWriter err = new StringWriter();
        Writer broken = new Writer() {
            @Override
            public void write(char[] text, int from, int count) {
                throw new IllegalStateException("broken on purpose");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        int code = Main.run(new String[] {"describe", "resnet18"}, broken, new PrintWriter(err));
        assertEquals(Main.INTERNAL, code);
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().contains("broken on purpose") && err.toString().contains("report"), err.toString());
    }

    @Test
    void aFullDiskIsNoticed() {
        StringWriter err = new StringWriter();
        assertEquals(Main.BAD_INPUT, describe("No space left on device", err));
        assertTrue(err.toString().startsWith("lanewise: cannot write"), err.toString());
    }

    @Test
    void aReaderThatLeavesEarlyIsNoFault() {
        StringWriter err = new StringWriter();
        assertEquals(Main.OK, describe("Broken pipe", err));
        assertEquals("", err.toString());
    }

    /** The exit code where writing fails for this reason. */
    private static int describe(String reason, StringWriter err) {
        Writer failing = new Writer() {
            @Override
            public void write(char[] text, int from, int count) throws IOException {
                throw new IOException(reason);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        return Main.run(new String[] {"describe", "resnet18"}, failing, new PrintWriter(err));
    }
}
