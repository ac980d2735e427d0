package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no network that Lanewise runs is refused by name, or told what it is most like. */
class RefusalsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            state.0.exp_avg 64x3x7x7, state.0.step                                     | the state of an optimizer
            optimizer.state.1.momentum_buffer 64                                       | the state of an optimizer
            layer1.0.conv1._packed_params._packed_params 1, conv1.weight 64x3x7x7      | a quantized network
            conv1_middle_w 45x3x1x7x7, comp_0_conv_1_w 64x144x3x1x1                    | Caffe2 blobs of VMZ
            stem.0.weight 64x3x3x7x7, layer1.0.conv2.0.weight 64x1x3x3x3               | a channel-separated network (CSN)
            stem.0.weight 1, layer1.0.conv2.0.0.weight 1, layer1.0.conv2.0.2.weight 64x1x3x3x3 | a channel-separated
            conv1.weight 64x3x3x3, layer1.0.conv1.weight 1, bn1.running_mean 64, layer2.0.shortcut.0.weight 1 | pre-activation
            module.conv1.weight 64x3x7x7x7, module.layer1.0.conv1.weight 64x64x3x3x3   | a 3-D ResNet of kenshohara
            blocks.0.conv.weight 64x3x5x7x7, blocks.1.res_blocks.0.branch2.conv_a.weight 1 | another network of pytorchvideo
            backbone.conv1.conv.weight 64x3x7x7, cls_head.fc_cls.weight 400x2048       | another network of mmaction2
            backbone.body.conv1.weight 64x3x7x7, rpn.head.conv.weight 1                | a network that detects objects
            backbone.conv1.weight 64x3x7x7, classifier.0.weight 1                      | a network around a ResNet
            stem.conv.weight 64x3x7x7, stages.0.blocks.0.conv1.weight 1                | a ResNet v2 or BiT
            cls_token 1x1x768, patch_embed.proj.weight 1                               | a vision transformer
            conv1.weight 64x3x7x7, bn1.weight 64, layer1.0.conv1.weight 64x64x1x1      | group norm
            layer1.0.conv1.weight 64x64x3x3, bn1.running_mean 64                       | without its stem conv1
            layer1.0.conv2.0.0.weight 144x64x1x3x3                                     | without its stem.0.weight
            """)
    void byName(String tensors, String what) {
        String message = refused(claim(tensors.split(", "))).getMessage();
        assertTrue(message.contains(what), message);
    }

    @Test
    void groupNormOfTimm() throws IOException {
        String message = refused(Weights.of("gn", KeyLists.tensors("timm-resnet50_gn"))).getMessage();
        assertTrue(message.contains("group norm") && message.contains("bn1.running_mean"), message);
    }

    /** A ResNet-18 with a stem under another name: nothing known, but its layers tell what it is most like. */
    @Test
    void theNearestNetworkIsNamed() {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        Checkpoints.tensors(Architectures.named("resnet18").orElseThrow())
                .forEach((name, tensor) -> tensors.put(name.replace("conv1.weight", "convolution1.weight"), tensor));
        WeightException refused = refused(Weights.of("odd", tensors));
        assertTrue(refused.expected().contains("resnet18 of torchvision, the nearest"), refused.getMessage());
        assertTrue(refused.found().contains("missing: conv1.weight, layer1.0.conv1.weight"), refused.getMessage());
        assertTrue(refused.found().contains("surplus: convolution1.weight"), refused.getMessage());
    }

    @Test
    void misshapedKeysAreCounted() {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>(
                Checkpoints.tensors(Architectures.named("kuangliu_resnet18").orElseThrow()));
        tensors.remove("bn1.running_mean");
        tensors.put("conv1.weight", Weights.seeded().take("conv1.weight", 64, 3, 5, 5));
        WeightException refused = refused(Weights.of("odd", tensors));
        assertTrue(refused.expected().contains("kuangliu_resnet18"), refused.getMessage());
        assertEquals("1 missing: bn1.running_mean; 1 misshaped: conv1.weight [64, 3, 5, 5] instead of [64, 3, 3, 3]",
                refused.found());
    }

    @Test
    void nothingInCommon() {
        String message = refused(claim("features.0.weight 64x3x3x3")).getMessage();
        assertTrue(message.contains("keys such as features.0.weight") && message.contains("resnet18"), message);
        assertTrue(Architectures.unknown("empty", claim()).getMessage().startsWith("empty: "));
    }

    /** As many names as the longest header holds; the answer may not take long. */
    @Test
    @Timeout(10)
    void manyTensorsAreRefusedSoon() {
        Map<String, WeightTensor> known = new LinkedHashMap<>(Checkpoints.tensors(Architectures.named("resnet18").orElseThrow()));
        Map<String, WeightTensor> unknown = new LinkedHashMap<>();
        for (int i = 0; i < 300_000; i++) {
            String name = "layer1." + i + ".w";
            WeightTensor tensor = Weights.seeded().take(name, 1);
            known.put(name, tensor);
            unknown.put(name, tensor);
        }
        Weights weights = Weights.of("many", known);
        Architectures.recognise(weights).orElseThrow().declare(weights);
        assertTrue(assertThrows(WeightException.class, weights::finish).getMessage().length() < 10_000);
        assertTrue(refused(Weights.of("many", unknown)).getMessage().length() < 5_000);
    }

    /** What training scripts wrap around a whole network does not hide it. */
    @Test
    void scopesAroundEverything() throws WeightException {
        for (String name : List.of("resnet18", "cifar_resnet20", "r2plus1d_18", "mmaction2_r2plus1d_34", "r2plus1dnet_18")) {
            for (String scope : List.of("net.", "model.encoder.")) {
                Architecture architecture = Architectures.named(name).orElseThrow();
                Map<String, WeightTensor> tensors = new LinkedHashMap<>();
                Checkpoints.tensors(architecture).forEach((key, tensor) -> tensors.put(scope + key, tensor));
                Weights weights = Weights.of("scoped", tensors);
                Architecture found = Architectures.recognise(weights).orElseThrow();
                assertEquals(name, found.name());
                assertEquals(architecture.classes(), found.classes());
                found.declare(weights);
                weights.finish();
            }
        }
    }

    private static WeightException refused(Weights weights) {
        assertEquals(Optional.empty(), Architectures.recognise(weights));
        return Architectures.unknown("file", weights);
    }

    /** Tensors of the names and shapes given; without a shape, scalars. */
    private static Weights claim(String... entries) {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        for (String entry : entries) {
            String[] parts = entry.strip().split(" ");
            tensors.put(parts[0], Weights.seeded().take(parts[0], parts.length == 1 ? new int[0]
                    : Arrays.stream(parts[1].split("x")).mapToInt(Integer::parseInt).toArray()));
        }
        return Weights.of("claims", tensors);
    }
}
