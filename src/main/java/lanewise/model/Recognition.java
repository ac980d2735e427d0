package lanewise.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import lanewise.model.ResNet.Stem;
import lanewise.weights.Weights;

/** Tells a checkpoint's architecture from its keys and shapes alone: the first layout whose marks it has. */
final class Recognition {
    /** Scopes around a whole network, as training scripts make them, are no deeper. */
    private static final int MOST_SCOPES = 4;

    private Recognition() {}

    /** Empty if the checkpoint holds no network that Lanewise knows. */
    static Optional<Architecture> of(Weights w) {
        return scopes(w).stream().flatMap(scope -> below(w, scope).stream()).findFirst();
    }

    /** The top, and each scope that holds everything: {@code net} where all names begin with {@code net.}. */
    static List<String> scopes(Weights w) {
        List<String> scopes = new ArrayList<>(List.of(""));
        SortedSet<String> names = w.names();
        if (!names.isEmpty()) {
            String first = names.first();
            // Between the first and the last name all others begin as these do.
            String last = names.last();
            int end = first.indexOf('.');
            while (end >= 0 && scopes.size() <= MOST_SCOPES && last.startsWith(first.substring(0, end + 1))) {
                scopes.add(first.substring(0, end));
                end = first.indexOf('.', end + 1);
            }
        }
        return scopes;
    }

    private static Optional<Architecture> below(Weights root, String scope) {
        Weights w = scope.isEmpty() ? root : root.at(scope);
        Optional<Architecture> clips = clips(root, w, scope);
        return clips.isPresent() ? clips : pictures(root, w, scope);
    }

    private static Optional<Architecture> clips(Weights root, Weights w, String scope) {
        for (Layout layout : List.of(Layout.IRHUM, Layout.MMACTION2)) {
            for (Scope each : List.of(layout.scope(), layout.bare())) {
                if (Extents.axes(layout.keys.stemOf(each.net(w)), layout.keys.stem().spatial() + ".weight") == 5) {
                    return Optional.of(VideoNets.read(root, layout, each.below(scope)));
                }
            }
        }
        if (w.has("blocks.1.res_blocks.0.branch2.conv_b.conv_t.weight")) {
            return Optional.of(VideoNets.read(root, Layout.PYTORCHVIDEO, Layout.PYTORCHVIDEO.scope().below(scope)));
        }
        if (Extents.axes(w, "conv1_s.weight") == 5) {
            return Optional.of(VideoNets.read(root, Layout.KENSHOHARA, Layout.KENSHOHARA.scope().below(scope)));
        }
        boolean blocks = w.has("layer1.0.conv2.0.0.weight") || w.has("layer1.0.conv2.0.weight");
        if (blocks && Extents.axes(w, "stem.0.weight") == 5 && !Refusals.separatesChannels(w)) {
            return Optional.of(VideoNets.readTorchvision(root, Layout.TORCHVISION_VIDEO.scope().below(scope)));
        }
        return Optional.empty();
    }

    private static Optional<Architecture> pictures(Weights root, Weights w, String scope) {
        Layout hf = Layout.HUGGING_FACE;
        for (Scope each : List.of(hf.scope(), hf.bare())) {
            if (hf.keys.stemOf(each.net(w)).has(hf.keys.stem().conv() + ".weight")) {
                return Optional.of(PictureNets.read(root, hf, each.below(scope), Stem.SEVEN));
            }
        }
        if (!w.has("layer1.0.conv1.weight") || !w.has("bn1.running_mean") || Refusals.activatesFirst(w)) {
            return Optional.empty();
        }
        if (Extents.axes(w, "conv1.0.weight") == 4) {
            return Optional.of(PictureNets.read(root, Layout.TIMM, Layout.TIMM.scope().below(scope), Stem.DEEP));
        }
        if (Extents.axes(w, "conv1.weight") != 4) {
            return Optional.empty();
        }
        if (Extents.extent(w, "conv1.weight", 2) == 3) {
            Layout layout = w.has("layer2.0.shortcut.0.weight") ? Layout.KUANGLIU
                    : w.has("layer2.0.downsample.0.weight") ? Layout.CHENYAOFO
                    : Layout.AKAMASTER;
            return Optional.of(PictureNets.read(root, layout, layout.scope().below(scope), Stem.THREE));
        }
        boolean timm = w.has("layer1.0.se.fc1.weight") || Extents.axes(w, "layer2.0.downsample.1.weight") == 4;
        Layout layout = timm ? Layout.TIMM : Layout.TORCHVISION;
        return Optional.of(PictureNets.read(root, layout, layout.scope().below(scope), Stem.SEVEN));
    }
}
