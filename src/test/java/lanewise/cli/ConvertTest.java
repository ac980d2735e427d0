package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import lanewise.model.Architecture;
import lanewise.weights.DType;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightFile;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertTest {
    @TempDir
    private Path folder;
    private Path source;
    private Path target;

    /** A checkpoint as training leaves it: prefixes, and counters that no one needs. */
    @BeforeEach
    void write() throws Exception {
        source = folder.resolve("source.safetensors");
        target = folder.resolve("target.safetensors");
        List<WeightTensor> tensors = new ArrayList<>();
        tensors.add(WeightTensor.of("module.bn1.num_batches_tracked", new float[] {7}));
        TestFiles.tiny(TestFiles.CLASSES).declare(Weights.seeded()).tensors()
                .forEach(tensor -> tensors.add(tensor.renamed("module." + tensor.name())));
        Safetensors.write(source, Map.of("epoch", "3"), tensors);
    }

    @Test
    void theNetworkIsTheSame() throws Exception {
        CommandLineRun run = CommandLineRun.of("convert", source, target).good();
        assertEquals(target + ": cifar_resnet8, 37 tensors, " + String.format("%,d", Files.size(target)) + " bytes",
                run.lines().getFirst());
        Architecture net = TestFiles.tiny(TestFiles.CLASSES);
        try (WeightFile file = WeightFile.open(target)) {
            assertEquals(net.declare(Weights.seeded()).tensors().map(WeightTensor::name).toList(),
                    List.copyOf(file.tensors().keySet()));
            for (WeightTensor tensor : net.declare(Weights.seeded()).tensors().toList()) {
                assertArrayEquals(tensor.toArray(), file.tensors().get(tensor.name()).toArray());
            }
            assertEquals(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(source))),
                    file.metadata().get("lanewise.source.sha256"));
            assertEquals("source.safetensors", file.metadata().get("lanewise.source"));
            assertEquals("cifar_resnet8", file.metadata().get("lanewise.architecture"));
            assertFalse(file.metadata().containsKey("epoch"));
        }
        byte[] first = Files.readAllBytes(target);
        CommandLineRun.of("convert", source, target).good();
        assertArrayEquals(first, Files.readAllBytes(target), "the same source gives the same bytes");
        Path again = folder.resolve("again.safetensors");
        CommandLineRun.of("convert", target, again).good();
        try (WeightFile one = WeightFile.open(target); WeightFile other = WeightFile.open(again)) {
            assertEquals(one.metadata().get("lanewise.options"), other.metadata().get("lanewise.options"));
            assertEquals(one.metadata().get("lanewise.preprocessing"), other.metadata().get("lanewise.preprocessing"));
        }
    }

    /** Labels and options go into the file, and from there into answers. */
    @Test
    void theFileSpeaksForItself() throws Exception {
        Path labels = TestFiles.labels(folder.resolve("labels.txt"), TestFiles.CLASSES);
        CommandLineRun.of("convert", source, target, "--labels", labels, "--option", "epsilon=1e-2").good();
        Path picture = TestFiles.picture(folder.resolve("picture.png"), 32, 32, 1);
        JsonNode plain = CommandLineRun.of("classify", "--model", source, "--option", "epsilon=1e-2", "--labels", labels,
                "--format", "json", picture).good().json().getFirst();
        JsonNode converted = CommandLineRun.of("classify", "--model", target, "--format", "json", picture).good().json().getFirst();
        assertEquals(plain.get("predictions"), converted.get("predictions"));
        assertTrue(converted.get("predictions").get(0).get("label").asText().startsWith("name "), converted.toString());
        CommandLineRun.of("convert", source, target, "--labels", TestFiles.labels(labels, 6)).bad("6 labels", "7 classes");
        CommandLineRun.of("convert", source, target, "--option", "stride=1").bad("no option 'stride'");
    }

    @Test
    void typesOfMatricesChangeAndThoseOfVectorsStay() throws Exception {
        for (DType type : List.of(DType.F16, DType.BF16, DType.F32)) {
            CommandLineRun.of("convert", source, target, "--dtype", type.name().toLowerCase(Locale.ROOT)).good();
            try (WeightFile file = WeightFile.open(target)) {
                for (WeightTensor tensor : file.tensors().values()) {
                    assertEquals(tensor.dims().size() > 1 ? type : DType.F32, tensor.dtype(), tensor.name());
                }
            }
        }
        CommandLineRun.of("convert", source, target, "--dtype", "F16").good();
        Path kept = folder.resolve("kept.safetensors");
        CommandLineRun.of("convert", target, kept).good();
        try (WeightFile file = WeightFile.open(kept)) {
            assertEquals(DType.F16, file.tensors().get("conv1.weight").dtype(), "without --dtype types stay");
        }
    }

    @Test
    void mistakesLeaveNothing() throws Exception {
        CommandLineRun.of("convert", source, target, "--dtype", "F64").bad("--dtype: no type 'F64'; it is F32, F16 or BF16");
        CommandLineRun.of("convert", source, folder.resolve("out.pth")).bad("ends in .safetensors");
        CommandLineRun.of("convert", source, source).bad(source + " is the source itself; give another name");
        CommandLineRun.of("convert", "motion", target).bad("motion comes with Lanewise");
        CommandLineRun.of("convert", source, folder.resolve("no/out.safetensors")).bad("does not exist");
        CommandLineRun.of("convert", folder.resolve("gone"), target).bad("none of this name");
        Path foreign = folder.resolve("foreign.safetensors");
        Safetensors.write(foreign, Map.of(), List.of(WeightTensor.of("a.weight", new float[4], 2, 2)));
        CommandLineRun.of("convert", foreign, target).bad("foreign.safetensors");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(foreign, source), files.sorted().toList());
        }
    }
}
