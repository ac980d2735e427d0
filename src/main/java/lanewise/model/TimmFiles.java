package lanewise.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import lanewise.weights.WeightException;

/** timm's {@code config.json} beside a ResNet with torchvision's or timm's names. */
final class TimmFiles {
    private TimmFiles() {}

    static Beside read(Path weights, ResNet net) throws WeightException {
        Optional<Companion> found = Companion.beside(weights, "config.json");
        if (found.isEmpty() || !found.get().json().path("architecture").isTextual() || !found.get().json().has("pretrained_cfg")) {
            return new Beside(net, List.of());
        }
        Companion config = found.get();
        if (net.classes() > 0) {
            config.require("/num_classes", Integer.toString(net.classes()), "as many as the weights have");
        }
        config.require("/global_pool", "avg", "the only pooling before the classifier that Lanewise has");
        config.require("/model_args/global_pool", "avg", "the only pooling before the classifier that Lanewise has");
        config.require("/model_args/act_layer", "relu", "the only activation that Lanewise has");
        Architecture configured = net.assuming(dilated(net, antialiased(net, net.assumed(), config), config));
        return new Beside(configured, labels(config, net.classes())).prepared(config, TimmFiles::preprocessing);
    }

    /** Neither {@code aa} nor {@code blur} shows in keys or shapes. */
    private static Assumptions antialiased(ResNet net, Assumptions assumed, Companion config) throws WeightException {
        String architecture = config.json().path("architecture").asText().toLowerCase(Locale.ROOT);
        String layer = config.json().at("/model_args/aa_layer").asText("").toLowerCase(Locale.ROOT);
        if (architecture.contains("blur") || layer.contains("blur")) {
            throw config.fault("architecture", "strides or average pooling", architecture.contains("blur") ? architecture : layer,
                    "blur pooling is not supported; take a net without it");
        }
        boolean antialias = architecture.contains("resnetaa") || layer.startsWith("avg");
        return antialias ? Beside.option(net, assumed, Option.ANTIALIAS, "true", config, "architecture") : assumed;
    }

    private static Assumptions dilated(ResNet net, Assumptions assumed, Companion config) throws WeightException {
        JsonNode stride = config.json().at("/model_args/output_stride");
        return stride.isMissingNode() || stride.isNull() ? assumed : switch (stride.asInt()) {
            case 32 -> assumed;
            case 16 -> Beside.option(net, assumed, Option.DILATION, "false,false,true", config, "output_stride");
            case 8 -> Beside.option(net, assumed, Option.DILATION, "false,true,true", config, "output_stride");
            default -> throw config.fault("model_args.output_stride", "8, 16 or 32", stride.asText(), "repair the file");
        };
    }

    private static List<String> labels(Companion config, int classes) throws WeightException {
        JsonNode names = config.json().path("label_names");
        if (!names.isArray() || classes == 0) {
            return List.of();
        }
        if (names.size() != classes) {
            throw config.fault("label_names", classes + " classes as in the weights", names.size() + " names",
                    "repair the file or move it away");
        }
        JsonNode descriptions = config.json().path("label_descriptions");
        List<String> labels = new ArrayList<>();
        for (JsonNode name : names) {
            JsonNode description = descriptions.path(name.asText());
            labels.add(config.text(description.isTextual() ? description : name, "label_names"));
        }
        return labels;
    }

    private static Preprocessing preprocessing(Companion config, Preprocessing usual) throws WeightException {
        Preprocessing preprocessing = usual;
        Optional<Integer> height = config.pixels("/pretrained_cfg/input_size/1");
        Optional<Integer> width = config.pixels("/pretrained_cfg/input_size/2");
        if (height.isPresent() && width.isPresent()) {
            double share = config.share("/pretrained_cfg/crop_pct", 0.875);
            int resizedHeight = (int) Math.floor(height.get() / share);
            int resizedWidth = (int) Math.floor(width.get() / share);
            boolean squash = config.json().at("/pretrained_cfg/crop_mode").asText("center").equals("squash");
            if (!squash) {
                config.require("/pretrained_cfg/crop_mode", "center", "or squash");
            }
            if (!squash && !height.get().equals(width.get())) {
                throw config.fault("pretrained_cfg.input_size", "a square, unless crop_mode is squash",
                        height.get() + "x" + width.get(), "change the size, or crop_mode to squash, which distorts pictures");
            }
            preprocessing = preprocessing.withCrop(height.get(), width.get()).withResize(squash
                    ? new Resize.Exact(resizedHeight, resizedWidth) : new Resize.ShortSide(resizedHeight));
        }
        String interpolation = config.json().at("/pretrained_cfg/interpolation").asText("");
        preprocessing = preprocessing.withInterpolation(switch (interpolation) {
            case "bilinear" -> Interpolation.ANTIALIASED;
            case "bicubic" -> Interpolation.BICUBIC;
            case "" -> preprocessing.interpolation();
            default -> throw config.fault("pretrained_cfg.interpolation", "bilinear or bicubic", interpolation,
                    "change it to one of these");
        });
        return preprocessing.withMean(config.colours("/pretrained_cfg/mean").orElse(preprocessing.mean()))
                .withStd(config.colours("/pretrained_cfg/std").orElse(preprocessing.std()));
    }
}
