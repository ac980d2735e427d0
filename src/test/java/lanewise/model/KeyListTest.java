package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import lanewise.nn.Algorithm;
import lanewise.nn.Network;
import lanewise.nn.Options;
import lanewise.nn.Plan;
import lanewise.nn.Session;
import lanewise.nn.Workers;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints with the keys and shapes that others have published are recognised, take every tensor, and run. */
class KeyListTest {
    @ParameterizedTest
    @CsvSource({
        "tv-resnet18, resnet18, 1000", "tv-resnet34, resnet34, 1000", "tv-resnet50, resnet50, 1000",
        "tv-resnet101, resnet101, 1000", "tv-resnet152, resnet152, 1000", "tv-resnext50_32x4d, resnext50_32x4d, 1000",
        "tv-resnext101_32x8d, resnext101_32x8d, 1000", "tv-wide_resnet50_2, wide_resnet50_2, 1000",
        "tv-r2plus1d_18, r2plus1d_18, 400", "tv-r3d_18, r3d_18, 400", "tv-mc3_18, mc3_18, 400",
        "ig65m-r2plus1d_34-400, vmz_r2plus1d_34, 400", "vmz-r2plus1d_18-caffe-mids, vmz_r2plus1d_18, 400",
        "vmz-r2plus1d_152-400, vmz_r2plus1d_152, 400",
        "irhum-18-400, r2plus1dnet_18, 400", "irhum-34-400, r2plus1dnet_34, 400",
        "kensho-r2p1d18-700, kensho_r2plus1d_18, 700", "kensho-r2p1d34-700, kensho_r2plus1d_34, 700",
        "kensho-r2p1d50-700, kensho_r2plus1d_50, 700", "mmaction2-r2plus1d_r34-400, mmaction2_r2plus1d_34, 400",
        "pytorchvideo-r2plus1d_r50-400, pytorchvideo_r2plus1d_50, 400", "hf-resnet-18, hf_resnet18, 1000",
        "hf-resnet-50, hf_resnet50, 1000", "timm-resnet18d, resnet18d, 1000", "timm-resnet26t, resnet26t, 1000",
        "timm-resnet50d, resnet50d, 1000", "timm-resnet50s, resnet50s, 1000", "timm-resnetaa50, resnet50, 1000",
        "timm-seresnet50, seresnet50, 1000",
        "cifar-akamaster-resnet20, cifar_resnet20, 10", "cifar-akamaster-resnet56, cifar_resnet56, 10"})
    void recognisedAndRun(String list, String name, int classes) throws IOException, WeightException {
        Weights weights = Weights.of(list, KeyLists.tensors(list));
        Architecture architecture = Architectures.recognise(weights).orElseThrow();
        assertEquals(name, architecture.name());
        assertEquals(classes, architecture.classes());
        if (architecture.assumed().has(Option.HEAD_POOL)) {
            architecture = architecture.with("headPool", "whole");
        }
        Network network = architecture.declare(weights);
        weights.finish();
        Shape shape = architecture.preprocessing().isClip() ? new Shape(1, 3, 2, 16, 16) : Shape.image(1, 3, 32, 32);
        Options options = Options.standard().withThreads(2).withAlgorithm(Algorithm.DIRECT);
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(2);
                Session session = Plan.of(arena, network, shape, options).session(workers)) {
            float[] input = Weights.seeded().take("input", shape.elements()).toArray();
            float[] output = session.run(Tensor.of(arena, shape, input)).toArray();
            assertEquals(classes, output.length);
            for (float value : output) {
                assertTrue(Float.isFinite(value), "an output is " + value);
            }
        }
    }
}
