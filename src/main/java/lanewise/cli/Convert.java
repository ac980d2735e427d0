package lanewise.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import lanewise.model.Architecture;
import lanewise.model.Beside;
import lanewise.model.Model;
import lanewise.model.ModelCard;
import lanewise.model.ShippedModels;
import lanewise.nn.Network;
import lanewise.weights.DType;
import lanewise.weights.Safetensors;
import lanewise.weights.WeightException;
import lanewise.weights.WeightFile;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise convert}: from any weight file to one safetensors file that says all about itself. */
@Command(name = "convert", sortOptions = false,
        description = "Write the network of a weight file as one safetensors file that says all about itself.",
        footer = {
            "",
            "Examples:",
            "  lanewise convert resnet18-f37072fd.pth resnet18.safetensors",
            "  lanewise convert r2plus1d_34.pth small.safetensors --dtype F16",
            "  lanewise convert mine.pth mine.safetensors --labels mine.txt \\",
            "      --option epsilon=1e-3",
            "",
            "Only the tensors that the network uses are written, by the names of its layout,",
            "without prefixes such as module. Without --dtype they keep their type where that",
            "is F32, F16 or BF16, and become F32 else. --dtype is for tensors of two and more",
            "dimensions; biases and batch norm stay F32, because a rounded variance shifts a",
            "whole channel. The metadata hold architecture, options, preprocessing, labels,",
            "and name and SHA-256 of the source; loading the file takes them from there.",
            "OUT is written under another name and renamed when it is complete."})
final class Convert implements Callable<Integer> {
    private static final Set<DType> KEPT = Set.of(DType.F32, DType.F16, DType.BF16);

    @Parameters(index = "0", paramLabel = "IN", description = "Weights: safetensors or PyTorch, or the index of several files.")
    private Path source;

    @Parameters(index = "1", paramLabel = "OUT", description = "The file to write; its name ends in .safetensors.")
    private Path target;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "F32, F16 or BF16 (default: as they are).")
    private String type;

    @Option(names = "--labels", paramLabel = "FILE", description = "Names of the classes, one a line, in the model's order.")
    private Path labelFile;

    @Option(names = "--option", paramLabel = "NAME=VALUE", description = {
        "Set what no weight file tells; repeatable. lanewise inspect IN lists the options."})
    private List<Setting> settings = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws UserException, WeightException {
        Optional<DType> wanted = type == null ? Optional.empty() : Optional.of(parse(type));
        if (!String.valueOf(target.getFileName()).toLowerCase(Locale.ROOT).endsWith(".safetensors")) {
            throw new UserException(target + ": not a safetensors file by its name; take one that ends in .safetensors");
        }
        if (ShippedModels.names().contains(source.toString()) && !Files.exists(source)) {
            throw new UserException(source + " comes with Lanewise and says all about itself already; give a weight file");
        }
        TensorFile out = TensorFile.of(target);
        out.requireWritable();
        Progress progress = new Progress(spec.commandLine().getErr());
        progress.show("reading " + source);
        try (WeightFile file = WeightFile.open(source)) {
            for (Path part : file.parts()) {
                out.requireOtherThan(part, "the source");
            }
            out.requireOtherThan(source, "the source");
            Weights weights = file.weights();
            Beside said = Model.recognise(file, weights);
            Architecture architecture = Setting.configured(said.architecture(), Setting.byName(settings));
            Network network = architecture.declare(weights);
            weights.finish();
            Map<String, String> metadata = new LinkedHashMap<>(ModelCard.metadata(architecture, labels(architecture, said)));
            metadata.put("format", "pt");
            metadata.put("lanewise.source", String.valueOf(source.getFileName()));
            metadata.put("lanewise.source.sha256", checksum(file.parts()));
            progress.show("writing " + target);
            List<WeightTensor> tensors = network.tensors().toList();
            Safetensors.write(target, metadata, tensors, tensor -> stored(tensor, wanted), file::requireUnchanged);
            progress.clear();
            spec.commandLine().getOut().printf(Locale.ROOT, "%s: %s, %d tensors, %,d bytes%n", Main.oneLine(target.toString()),
                    architecture.name(), tensors.size(), Files.size(target));
        } catch (IOException e) {
            throw new UserException(target + ": written, but its size cannot be read; check the folder", e);
        } finally {
            progress.clear();
        }
        return Main.OK;
    }

    private static DType parse(String text) throws UserException {
        return KEPT.stream().filter(type -> type.name().equalsIgnoreCase(text)).findFirst()
                .orElseThrow(() -> new UserException("--dtype: no type '" + text + "'; it is F32, F16 or BF16"));
    }

    private static DType stored(WeightTensor tensor, Optional<DType> wanted) {
        if (wanted.isPresent()) {
            return tensor.dims().size() > 1 ? wanted.get() : DType.F32;
        }
        return KEPT.contains(tensor.dtype()) ? tensor.dtype() : DType.F32;
    }

    private List<String> labels(Architecture architecture, Beside said) throws UserException {
        if (labelFile == null) {
            return said.labels();
        }
        Labels labels = Labels.read(labelFile);
        labels.requireCount(architecture.classes(), source.toString());
        return labels.names();
    }

    /** SHA-256 of the files that hold the tensors, one after the other. */
    private static String checksum(List<Path> files) throws UserException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UserException(files.getFirst() + ": cannot be read; check its permissions", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
