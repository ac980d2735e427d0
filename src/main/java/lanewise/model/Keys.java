package lanewise.model;

import lanewise.weights.Weights;

/**
 * How a layout names the parts of a network, as patterns: {@code {n}} is the number of a stage or of a convolution, counted
 * from 1, or of a block, counted from 0; {@code {n-1}} and {@code {n+1}} are its neighbours, {@code {abc}} its letter.
 *
 * @param stemScope of the stem within the network; empty where there is none
 * @param stage within the network
 * @param firstBlock within its stage, as are the others
 * @param unit a convolution within its block, as is the short-cut
 */
record Keys(String stemScope, Names stem, String stage, String firstBlock, String block, Names unit, Names shortcut) {
    /**
     * The names of one convolution: of a plain one and its batch norm, and of a factored one, which is a spatial and a
     * temporal one with a batch norm between them, and an outer one behind. Empty where a layout has no such form.
     */
    record Names(String conv, String norm, String spatial, String inner, String temporal, String outer) {
        static Names plain(String conv, String norm) {
            return new Names(conv, norm, "", "", "", "");
        }

        static Names factored(String spatial, String inner, String temporal, String outer) {
            return new Names("", "", spatial, inner, temporal, outer);
        }
    }

    static final Keys TORCHVISION = new Keys("", Names.plain("conv1", "bn1"), "layer{n}", "{n}", "{n}",
            Names.plain("conv{n}", "bn{n}"), Names.plain("downsample.0", "downsample.1"));

    static final Keys KUANGLIU = new Keys("", TORCHVISION.stem, "layer{n}", "{n}", "{n}",
            TORCHVISION.unit, Names.plain("shortcut.0", "shortcut.1"));

    static final Keys HUGGING_FACE = new Keys("embedder.embedder", Names.plain("convolution", "normalization"),
            "encoder.stages.{n-1}", "layers.{n}", "layers.{n}",
            Names.plain("layer.{n-1}.convolution", "layer.{n-1}.normalization"),
            Names.plain("shortcut.convolution", "shortcut.normalization"));

    static final Keys TORCHVISION_VIDEO = new Keys("stem", new Names("0", "1", "0", "1", "3", "4"),
            "layer{n}", "{n}", "{n}",
            new Names("conv{n}.0", "conv{n}.1", "conv{n}.0.0", "conv{n}.0.1", "conv{n}.0.3", "conv{n}.1"),
            Names.plain("downsample.0", "downsample.1"));

    static final Keys IRHUM = new Keys("conv1", Names.factored("spatial_conv", "bn", "temporal_conv", ""),
            "conv{n+1}", "block1", "blocks.{n-1}",
            Names.factored("conv{n}.spatial_conv", "conv{n}.bn", "conv{n}.temporal_conv", "bn{n}"),
            Names.factored("downsampleconv.spatial_conv", "downsampleconv.bn", "downsampleconv.temporal_conv", "downsamplebn"));

    static final Keys KENSHOHARA = new Keys("", Names.factored("conv1_s", "bn1_s", "conv1_t", "bn1_t"),
            "layer{n}", "{n}", "{n}",
            new Names("conv{n}", "bn{n}", "conv{n}_s", "bn{n}_s", "conv{n}_t", "bn{n}_t"),
            Names.plain("downsample.0", "downsample.1"));

    static final Keys MMACTION2 = new Keys("conv1", Names.factored("conv.conv_s", "conv.bn_s", "conv.conv_t", "bn"),
            "layer{n}", "{n}", "{n}",
            Names.factored("conv{n}.conv.conv_s", "conv{n}.conv.bn_s", "conv{n}.conv.conv_t", "conv{n}.bn"),
            Names.factored("downsample.conv.conv_s", "downsample.conv.bn_s", "downsample.conv.conv_t", "downsample.bn"));

    static final Keys PYTORCHVIDEO = new Keys("blocks.0", Names.plain("conv", "norm"),
            "blocks.{n}", "res_blocks.{n}", "res_blocks.{n}",
            new Names("branch2.conv_{abc}", "branch2.norm_{abc}", "branch2.conv_{abc}.conv_xy", "branch2.conv_{abc}.norm",
                    "branch2.conv_{abc}.conv_t", "branch2.norm_{abc}"),
            Names.plain("branch1_conv", "branch1_norm"));

    /** The scope of the stem in the network {@code net}. */
    Weights stemOf(Weights net) {
        return stemScope.isEmpty() ? net : net.at(stemScope);
    }

    /** A stage of the network {@code net}, counted from 1. */
    Weights stage(Weights net, int number) {
        return net.at(name(stage, number));
    }

    /** A block of a stage, counted from 0. */
    Weights block(Weights inStage, int number) {
        return inStage.at(blockName(number));
    }

    String blockName(int number) {
        return name(number == 0 ? firstBlock : block, number);
    }

    /** The names of a block's convolution, counted from 1. */
    Names unit(int number) {
        return new Names(name(unit.conv, number), name(unit.norm, number), name(unit.spatial, number),
                name(unit.inner, number), name(unit.temporal, number), name(unit.outer, number));
    }

    private static String name(String pattern, int n) {
        String name = pattern.replace("{n}", Integer.toString(n))
                .replace("{n-1}", Integer.toString(n - 1))
                .replace("{n+1}", Integer.toString(n + 1));
        return name.contains("{abc}") ? name.replace("{abc}", "abc".substring(n - 1, n)) : name;
    }
}
