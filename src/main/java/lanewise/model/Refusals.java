package lanewise.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;

/** Checkpoints that are mistaken for those of a ResNet or an R(2+1)D, each by its mark, and why they are refused. */
final class Refusals {
    private static final Pattern OPTIMIZER = Pattern.compile(
            "(.*\\.)?(state|optimizer)\\.\\d+\\.(exp_avg|exp_avg_sq|max_exp_avg_sq|momentum_buffer|square_avg|step|sum)");

    /** A mark in the keys, looked for at the top and in each scope that holds everything. */
    private record Refusal(Predicate<Keyed> mark, String what, String cure) {}

    /** Weights with their names, listed once. */
    private record Keyed(Weights w, SortedSet<String> names) {
        boolean has(String name) {
            return w.has(name);
        }

        boolean hasPart(String part) {
            return names.stream().anyMatch(name -> name.contains(part));
        }

        boolean allMatch(Pattern pattern) {
            return !names.isEmpty() && names.stream().allMatch(name -> pattern.matcher(name).matches());
        }
    }

    private static final String OTHER_NET = "take a ResNet or an R(2+1)D";

    private static final List<Refusal> ALL = List.of(
            new Refusal(w -> w.allMatch(OPTIMIZER),
                    "the state of an optimizer without the weights", "save model.state_dict() beside or instead of it"),
            new Refusal(w -> w.hasPart("_packed_params") || w.hasPart(".zero_point"),
                    "a quantized network, whose integers mean nothing without its scales", "take the float checkpoint"),
            new Refusal(w -> w.has("conv1_middle_w") || w.has("comp_0_conv_1_w"),
                    "Caffe2 blobs of VMZ", "take VMZ's or ig65m's PyTorch checkpoint of the same network"),
            new Refusal(w -> separatesChannels(w.w),
                    "a channel-separated network (CSN), whose depthwise 3×3×3 convolutions are not supported",
                    "take VMZ's R(2+1)D of the same depth"),
            new Refusal(w -> activatesFirst(w.w),
                    "a network whose blocks begin with batch norm and ReLU (pre-activation, He et al. 2016)",
                    "take the net of the same depth with activations behind its convolutions"),
            new Refusal(w -> Extents.axes(w.w, "conv1.weight") == 5 && w.has("layer1.0.conv1.weight"),
                    "a 3-D ResNet of kenshohara/3D-ResNets-PyTorch", "take that project's R(2+1)D (resnet2p1d)"),
            new Refusal(w -> w.has("blocks.0.conv.weight") || w.has("blocks.0.multipathway_blocks.0.conv.weight"),
                    "another network of pytorchvideo than r2plus1d", "take r2plus1d_r50"),
            new Refusal(w -> w.has("backbone.conv1.conv.weight"),
                    "another network of mmaction2 than R(2+1)D", "take its ResNet2Plus1d"),
            new Refusal(w -> w.has("backbone.body.conv1.weight") || w.hasPart("rpn.") || w.hasPart("fpn."),
                    "a network that detects objects", OTHER_NET + ", or save model.backbone.body.state_dict()"),
            new Refusal(w -> w.has("backbone.conv1.weight"),
                    "a network around a ResNet, such as one that segments", "save model.backbone.state_dict()"),
            new Refusal(w -> w.has("stem.conv.weight") && w.has("stages.0.blocks.0.conv1.weight"),
                    "a ResNet v2 or BiT of timm, with other blocks", OTHER_NET),
            new Refusal(w -> w.has("patch_embed.proj.weight") || w.has("conv_proj.weight") || w.has("cls_token"),
                    "a vision transformer", OTHER_NET),
            new Refusal(w -> w.has("bn1.weight") && !w.hasPart("running_mean"),
                    "group norm, or batch norm whose running mean and variance were left out; both need numbers of each picture",
                    "take a checkpoint with bn1.running_mean and bn1.running_var, saved whole"),
            new Refusal(w -> w.has("layer1.0.conv1.weight") && !w.has("conv1.weight") && !w.has("conv1.0.weight"),
                    "the blocks of a ResNet without its stem conv1", "take a checkpoint of the whole network, with unchanged keys"),
            new Refusal(w -> w.has("layer1.0.conv2.0.weight") || w.has("layer1.0.conv2.0.0.weight"),
                    "the blocks of a video ResNet without its stem.0.weight",
                    "take a checkpoint of the whole network, with unchanged keys"));

    private Refusals() {}

    /** What an unrecognised checkpoint is, if that is known: {@code found} and the cure. */
    static Optional<WeightException> of(String file, Weights w) {
        for (String scope : Recognition.scopes(w)) {
            Weights net = scope.isEmpty() ? w : w.at(scope);
            Keyed keyed = new Keyed(net, net.names());
            for (Refusal refusal : ALL) {
                if (refusal.mark.test(keyed)) {
                    return Optional.of(new WeightException(file, "", "a ResNet or an R(2+1)D", refusal.what, refusal.cure));
                }
            }
        }
        return Optional.empty();
    }

    /** Channel-separated networks have torchvision's video names, and depthwise convolutions between pointwise ones. */
    static boolean separatesChannels(Weights w) {
        return depthwise(w, "layer1.0.conv2.0.weight") || depthwise(w, "layer1.0.conv2.0.2.weight");
    }

    private static boolean depthwise(Weights w, String weight) {
        return Extents.axes(w, weight) == 5 && Extents.outputs(w, weight) > 1 && w.dims(weight).get(1) == 1;
    }

    /** kuangliu's PreActResNet has convolutions in its short-cuts, and no batch norm behind these. */
    static boolean activatesFirst(Weights w) {
        return w.has("layer2.0.shortcut.0.weight") && !w.has("layer2.0.shortcut.1.weight");
    }
}
