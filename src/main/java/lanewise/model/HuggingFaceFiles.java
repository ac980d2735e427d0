package lanewise.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lanewise.weights.WeightException;

/** Hugging Face's {@code config.json} and {@code preprocessor_config.json} beside a ResNet in that layout. */
final class HuggingFaceFiles {
    /** From this size on, ConvNeXT's processor resizes without a crop. */
    private static final int UNCROPPED = 384;
    private static final int PILLOW_BILINEAR = 2;
    private static final int PILLOW_BICUBIC = 3;
    private static final double RESCALE = 1.0 / 255;

    private HuggingFaceFiles() {}

    static Beside read(Path weights, ResNet net) throws WeightException {
        Beside beside = new Beside(net, List.of());
        Optional<Companion> config = Companion.beside(weights, "config.json");
        if (config.isPresent() && config.get().json().hasNonNull("model_type")) {
            if (!config.get().json().path("model_type").asText().equals("resnet")) {
                // The files of another network.
                return beside;
            }
            beside = new Beside(configured(net, config.get()), labels(config.get(), net.classes()));
        }
        Optional<Companion> processor = Companion.beside(weights, "preprocessor_config.json");
        return processor.isEmpty() ? beside : beside.prepared(processor.get(), HuggingFaceFiles::preprocessing);
    }

    private static Architecture configured(ResNet net, Companion config) throws WeightException {
        config.require("/hidden_act", "relu", "the only activation that Lanewise has");
        config.require("/num_channels", "3", "as pictures have");
        config.requireSame("depths", net.body().stages().stream().map(ResNet.Stage::blocks).toList());
        Assumptions assumed = net.assumed();
        assumed = Beside.flag(net, assumed, Option.FIRST_STAGE_HALVES, config, "downsample_in_first_stage");
        assumed = Beside.flag(net, assumed, Option.STRIDE_IN_1X1, config, "downsample_in_bottleneck");
        JsonNode epsilon = config.json().path("batch_norm_eps");
        return net.assuming(epsilon.isNumber()
                ? Beside.option(net, assumed, Option.EPSILON, epsilon.asText(), config, "batch_norm_eps") : assumed);
    }

    /** The names in {@code id2label}, if there is one for each class. */
    private static List<String> labels(Companion config, int classes) throws WeightException {
        JsonNode names = config.json().path("id2label");
        if (!names.isObject() || classes == 0) {
            return List.of();
        }
        if (names.size() != classes) {
            throw config.fault("id2label", classes + " classes as in the weights", names.size() + " names",
                    "repair the file or move it away");
        }
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < classes; i++) {
            JsonNode name = names.path(Integer.toString(i));
            if (!name.isTextual()) {
                throw config.fault("id2label", "a name for class " + i, "none", "repair the file or move it away");
            }
            labels.add(config.text(name, "id2label"));
        }
        return labels;
    }

    /** A ConvNeXT processor keeps a share of the resized picture; others resize, then crop where they say so. */
    private static Preprocessing preprocessing(Companion processor, Preprocessing usual) throws WeightException {
        requireRescale(processor);
        JsonNode json = processor.json();
        Preprocessing preprocessing = usual.withInterpolation(interpolation(processor, usual));
        JsonNode size = json.path("size");
        String edge = size.isNumber() ? "/size" : "/size/shortest_edge";
        Optional<Integer> side = processor.pixels(edge);
        Optional<Integer> height = processor.pixels("/size/height");
        Optional<Integer> width = processor.pixels("/size/width");
        if (!json.path("do_resize").asBoolean(true)) {
            preprocessing = preprocessing.withResize(new Resize.None());
        } else if (side.isPresent()) {
            preprocessing = shortSide(processor, preprocessing, side.get());
        } else if (height.isPresent() && width.isPresent()) {
            preprocessing = preprocessing.withResize(new Resize.Exact(height.get(), width.get()))
                    .withCrop(height.get(), width.get());
        }
        boolean square = json.path("crop_size").isNumber();
        Optional<Integer> cropHeight = processor.pixels(square ? "/crop_size" : "/crop_size/height");
        Optional<Integer> cropWidth = processor.pixels(square ? "/crop_size" : "/crop_size/width");
        if (json.path("do_center_crop").asBoolean(false) && cropHeight.isPresent() && cropWidth.isPresent()) {
            preprocessing = preprocessing.withCrop(cropHeight.get(), cropWidth.get());
        }
        Rgb mean = processor.colours("/image_mean").orElse(preprocessing.mean());
        Rgb std = processor.colours("/image_std").orElse(preprocessing.std());
        boolean normalised = json.path("do_normalize").asBoolean(true);
        return preprocessing.withMean(normalised ? mean : new Rgb(0, 0, 0)).withStd(normalised ? std : new Rgb(1, 1, 1));
    }

    /** Mean and standard deviation are those of values from 0 to 1. */
    private static void requireRescale(Companion processor) throws WeightException {
        processor.require("/do_rescale", "true", "as Lanewise always brings pixels to 0..1");
        JsonNode factor = processor.json().path("rescale_factor");
        if (!factor.isMissingNode() && !factor.isNull() && Math.abs(factor.asDouble() / RESCALE - 1) > 1e-3) {
            throw processor.fault("rescale_factor", "1/255, as Lanewise always brings pixels to 0..1",
                    factor.isValueNode() ? factor.asText() : "a structure", "take another network");
        }
    }

    private static Preprocessing shortSide(Companion processor, Preprocessing preprocessing, int side) throws WeightException {
        boolean cropsOnItsOwn = processor.json().path("do_center_crop").asBoolean(false);
        if (cropsOnItsOwn) {
            return preprocessing.withResize(new Resize.ShortSide(side));
        }
        if (side >= UNCROPPED) {
            return preprocessing.withResize(new Resize.Exact(side, side)).withCrop(side, side);
        }
        int resized = (int) (side / processor.share("/crop_pct", 224.0 / 256));
        return preprocessing.withResize(new Resize.ShortSide(resized)).withCrop(side, side);
    }

    private static Interpolation interpolation(Companion processor, Preprocessing usual) throws WeightException {
        JsonNode resample = processor.json().path("resample");
        return !resample.isNumber() ? usual.interpolation() : switch (resample.asInt()) {
            case PILLOW_BILINEAR -> Interpolation.ANTIALIASED;
            case PILLOW_BICUBIC -> Interpolation.BICUBIC;
            default -> throw processor.fault("resample", "2 (bilinear) or 3 (bicubic)", resample.asText(), "change it to 2 or 3");
        };
    }
}
