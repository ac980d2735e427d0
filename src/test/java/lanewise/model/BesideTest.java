package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lanewise.model.ResNet.Shortcut;
import lanewise.model.ResNet.Stage;
import lanewise.model.ResNet.Stem;
import lanewise.nn.Options;
import lanewise.weights.WeightException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files beside the weights say what these cannot, are checked against them, and are read as hostile. */
class BesideTest {
    private static final List<Stage> STAGES =
            List.of(new Stage(1, 4, 4), new Stage(1, 6, 6), new Stage(2, 8, 8), new Stage(1, 10, 10));
    private static final ResNet HUGGING_FACE = net(Layout.HUGGING_FACE);
    private static final ResNet TORCHVISION = net(Layout.TORCHVISION);

    @TempDir
    private Path folder;

    private static ResNet net(Layout layout) {
        return PictureNets.net(layout, layout.scope(),
                new ResNet.Body(Block.BOTTLENECK, Stem.SEVEN, List.of(8), STAGES, 1, Shortcut.PROJECTION), 3);
    }

    private Beside beside(ResNet net, String file, String json) throws IOException, WeightException {
        Files.writeString(folder.resolve(file), json);
        return Beside.of(folder.resolve("model.safetensors"), net);
    }

    private String refused(ResNet net, String file, String json) {
        return assertThrows(WeightException.class, () -> beside(net, file, json)).getMessage();
    }

    @Test
    void nothingBesideChangesNothing() throws WeightException {
        for (ResNet net : List.of(HUGGING_FACE, TORCHVISION)) {
            assertEquals(new Beside(net, List.of()), Beside.of(folder.resolve("model.safetensors"), net));
        }
    }

    @Test
    void huggingFaceConfig() throws IOException, WeightException {
        Beside beside = beside(HUGGING_FACE, "config.json", """
                {"model_type": "resnet", "depths": [1, 1, 2, 1], "hidden_act": "relu", "num_channels": 3,
                 "downsample_in_first_stage": true, "downsample_in_bottleneck": true, "batch_norm_eps": 1e-3,
                 "id2label": {"0": "tench", "2": "shark", "1": "goldfish"}}""");
        assertEquals(List.of("tench", "goldfish", "shark"), beside.labels());
        List<Assumption> assumptions = beside.architecture().assumptions();
        assertEquals(List.of(new Assumption("epsilon", "0.001", "config.json"),
                new Assumption("downsampleInFirstStage", "true", "config.json"),
                new Assumption("strideIn1x1", "true", "config.json")), assumptions.subList(0, 3));
        assertEquals("default of Hugging Face transformers", assumptions.get(3).origin());
        assertEquals(List.of(), beside(HUGGING_FACE, "config.json", "{\"model_type\": \"resnet\"}").labels());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'size': {'shortest_edge': 224}, 'crop_pct': 0.875, 'resample': 3} | ShortSide[pixels=256] | 224 | BICUBIC
            {'size': 288, 'crop_pct': null, 'resample': 2} | ShortSide[pixels=329] | 288 | ANTIALIASED
            {'size': {'shortest_edge': 384}, 'resample': 3} | Exact[height=384, width=384] | 384 | BICUBIC
            {'size': {'height': 200, 'width': 200}} | Exact[height=200, width=200] | 200 | BICUBIC
            {'size': 90, 'do_center_crop': true, 'crop_size': {'height': 80, 'width': 80}} | ShortSide[pixels=90] | 80 | BICUBIC
            {'size': 250, 'do_center_crop': true, 'crop_size': 240} | ShortSide[pixels=250] | 240 | BICUBIC
            {'do_resize': false} | None[] | 224 | BICUBIC
            {'do_rescale': true, 'rescale_factor': 0.00392156862745098} | ShortSide[pixels=256] | 224 | BICUBIC
            """)
    void huggingFaceProcessors(String json, String resize, int crop, Interpolation interpolation)
            throws IOException, WeightException {
        Preprocessing found = beside(HUGGING_FACE, "preprocessor_config.json", json.replace('\'', '"'))
                .architecture().preprocessing();
        assertEquals(resize, found.resize().toString());
        assertEquals(crop, found.height());
        assertEquals(crop, found.width());
        assertEquals(interpolation, found.interpolation());
        assertEquals(Preprocessing.IMAGENET.mean(), found.mean());
    }

    @Test
    void huggingFaceColours() throws IOException, WeightException {
        Preprocessing found = beside(HUGGING_FACE, "preprocessor_config.json",
                "{\"image_mean\": [0.5, 0.25, 0.125], \"image_std\": [1, 2, 0.5]}").architecture().preprocessing();
        assertEquals(new Rgb(0.5f, 0.25f, 0.125f), found.mean());
        assertEquals(new Rgb(1, 2, 0.5f), found.std());
        found = beside(HUGGING_FACE, "preprocessor_config.json", "{\"do_normalize\": false}").architecture().preprocessing();
        assertEquals(new Rgb(0, 0, 0), found.mean());
        assertEquals(new Rgb(1, 1, 1), found.std());
    }

    @Test
    void timmConfig() throws IOException, WeightException {
        Beside beside = beside(TORCHVISION, "config.json", """
                {"architecture": "resnetaa14", "num_classes": 3, "global_pool": "avg", "label_names": ["n1", "n2", "n3"],
                 "label_descriptions": {"n1": "cat", "n3": "dog"},
                 "pretrained_cfg": {"input_size": [3, 176, 176], "interpolation": "bicubic", "crop_pct": 0.95,
                                    "crop_mode": "center", "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]},
                 "model_args": {"output_stride": 16}}""");
        assertEquals(List.of("cat", "n2", "dog"), beside.labels());
        Preprocessing found = beside.architecture().preprocessing();
        assertEquals(new Resize.ShortSide(185), found.resize());
        assertEquals(176, found.height());
        assertEquals(Interpolation.BICUBIC, found.interpolation());
        assertEquals(new Rgb(0.25f, 0.25f, 0.25f), found.std());
        Map<String, String> values = Map.of("epsilon", "1e-5", "replaceStrideWithDilation", "false,false,true",
                "strideIn1x1", "false", "antialias", "true");
        for (Assumption each : beside.architecture().assumed().options()) {
            assertEquals(values.get(each.option()), each.value());
        }
        assertEquals("config.json", beside.architecture().assumptions().getLast().origin());
    }

    @Test
    void timmSquash() throws IOException, WeightException {
        Preprocessing found = beside(TORCHVISION, "config.json", """
                {"architecture": "resnet14", "pretrained_cfg": {"input_size": [3, 160, 320], "crop_pct": 1, "crop_mode": "squash"}}
                """).architecture().preprocessing();
        assertEquals(new Resize.Exact(160, 320), found.resize());
        assertEquals(320, found.width());
    }

    @Test
    void otherFilesAreNotTheirs() throws IOException, WeightException {
        for (String json : List.of("[]", "{}", "1", "{\"model_type\": \"vit\", \"hidden_act\": \"gelu\"}",
                "{\"architecture\": \"resnet50\"}")) {
            assertEquals(new Beside(HUGGING_FACE, List.of()), beside(HUGGING_FACE, "config.json", json));
            assertEquals(new Beside(TORCHVISION, List.of()), beside(TORCHVISION, "config.json", json));
        }
        VideoResNet clips = TestNets.clips("r2plus1d_18", List.of(1, 1, 1, 1), 3);
        Files.writeString(folder.resolve("config.json"), "not JSON");
        assertEquals(clips, Beside.of(folder.resolve("model.safetensors"), clips).architecture());
    }

    @Test
    void theProcessorOfAnotherNetworkIsNotTaken() throws IOException, WeightException {
        Files.writeString(folder.resolve("preprocessor_config.json"), "{\"size\": 96, \"do_rescale\": false}");
        assertEquals(new Beside(HUGGING_FACE, List.of()), beside(HUGGING_FACE, "config.json", "{\"model_type\": \"vit\"}"));
        assertTrue(refused(HUGGING_FACE, "config.json", "{}").contains("do_rescale"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            config.json | {'model_type': 'resnet', 'hidden_act': 'gelu'} | hidden_act: expected relu
            config.json | {'model_type': 'resnet', 'depths': [3, 4, 6, 3]} | depths: expected [1, 1, 2, 1]
            config.json | {'model_type': 'resnet', 'num_channels': 1} | num_channels: expected 3
            config.json | {'model_type': 'resnet', 'id2label': {'0': 'a', '1': 'b'}} | expected 3 classes as in the weights, found 2
            config.json | {'model_type': 'resnet', 'id2label': {'0': 'a', '1': 'b', '3': 'c'}} | a name for class 2
            config.json | {'model_type': 'resnet', 'batch_norm_eps': 7} | batch_norm_eps
            config.json | {'model_type': 'resnet', 'model_type': 'resnet'} | Duplicate field
            config.json | {'model_type': 'resnet'} {} | expected JSON
            config.json | {'model_type' | expected JSON
            preprocessor_config.json | {'resample': 1} | expected 2 (bilinear) or 3 (bicubic), found 1
            preprocessor_config.json | {'do_rescale': false} | do_rescale: expected true
            preprocessor_config.json | {'rescale_factor': 1} | rescale_factor: expected 1/255
            preprocessor_config.json | {'rescale_factor': 'a'} | rescale_factor: expected 1/255
            config.json | {'model_type': 'resnet', 'id2label': {'0': 'a', '1': '\\ud83d', '2': 'c'}} | whole characters
            preprocessor_config.json | {'size': {'height': 4000, 'width': 4000}} | an input of at most 16777216 values
            preprocessor_config.json | {'size': 0} | 1 to 16384 pixels
            preprocessor_config.json | {'size': 99999999999999999999} | 1 to 16384 pixels
            preprocessor_config.json | {'size': 224, 'crop_pct': 0} | a share
            preprocessor_config.json | {'size': 300, 'crop_pct': 0.011} | preprocessing: expected sizes
            preprocessor_config.json | {'image_std': [0, 1, 1]} | deviation of 0
            preprocessor_config.json | {'image_mean': [1e99, 0, 0]} | three finite numbers
            preprocessor_config.json | {'image_mean': [0.5]} | three numbers
            """)
    void huggingFaceFaultsAreNamed(String file, String json, String message) {
        String refused = refused(HUGGING_FACE, file, json.replace('\'', '"'));
        assertTrue(refused.contains(file) && refused.contains(message), refused);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'architecture': 'resnetblur14', 'pretrained_cfg': {}} | blur pooling is not supported
            {'architecture': 'resnet14', 'pretrained_cfg': {}, 'model_args': {'act_layer': 'silu'}} | act_layer: expected relu
            {'architecture': 'resnet14', 'pretrained_cfg': {}, 'num_classes': 1000} | num_classes: expected 3
            {'architecture': 'resnet14', 'pretrained_cfg': {}, 'global_pool': 'max'} | global_pool: expected avg
            {'architecture': 'resnet14', 'pretrained_cfg': {'interpolation': 'lanczos'}} | bilinear or bicubic
            {'architecture': 'resnet14', 'pretrained_cfg': {'input_size': [3, 9, 9], 'crop_mode': 'border'}} | mode: expected center
            {'architecture': 'resnet14', 'pretrained_cfg': {'input_size': [3, 160, 320]}} | input_size: expected a square
            {'architecture': 'resnet14', 'pretrained_cfg': {}, 'model_args': {'output_stride': 4}} | 8, 16 or 32
            {'architecture': 'resnet14', 'pretrained_cfg': {'input_size': [3, 4000, 4000]}} | an input of at most 16777216 values
            {'architecture': 'resnet14', 'pretrained_cfg': {}, 'label_names': ['a', 'b', '\\udc00']} | whole characters
            {'architecture': 'resnet14', 'pretrained_cfg': {}, 'label_names': ['a']} | expected 3 classes
            """)
    void timmFaultsAreNamed(String json, String message) {
        String refused = refused(TORCHVISION, "config.json", json.replace('\'', '"'));
        assertTrue(refused.contains("config.json") && refused.contains(message), refused);
    }

    @Test
    void hostileJson() {
        String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertTrue(refused(TORCHVISION, "config.json", deep).contains("config.json"));
        assertTrue(refused(TORCHVISION, "config.json", "{\"a\": \"" + "x".repeat(5 << 20) + "\"}").contains("4194304 bytes"));
        assertTrue(refused(TORCHVISION, "config.json", "{\"a\": " + "9".repeat(1_000) + "}").contains("config.json"));
        assertTrue(refused(TORCHVISION, "config.json", "{\"" + "x".repeat(1 << 13) + "\": 1}").contains("config.json"));
    }

    /** A pipe that nobody writes to would keep a reader waiting for ever; a folder is no file. */
    @Test
    @Timeout(20)
    void whatIsNoFileIsNotRead() throws IOException, WeightException, InterruptedException {
        Files.createDirectory(folder.resolve("config.json"));
        assertEquals(HUGGING_FACE, Beside.of(folder.resolve("model.safetensors"), HUGGING_FACE).architecture());
        Path pipe = folder.resolve("preprocessor_config.json");
        boolean made = Files.isExecutable(Path.of("/usr/bin/mkfifo"))
                && new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor(10, TimeUnit.SECONDS);
        Assumptions.assumeTrue(made, "no mkfifo here");
        assertEquals(HUGGING_FACE, Beside.of(folder.resolve("model.safetensors"), HUGGING_FACE).architecture());
    }

    /** Means of 2×2 make 13 of 27 pixels, the short-cut 14: such a net does not take the size that the file asks for. */
    @Test
    void aSizeThatTheNetworkCannotTakeIsNamed() throws IOException, WeightException {
        Path file = Checkpoints.write(folder.resolve("model.safetensors"), TORCHVISION);
        Files.writeString(folder.resolve("config.json"), """
                {"architecture": "resnetaa14", "pretrained_cfg": {"input_size": [3, 216, 216]}}""");
        String refused = assertThrows(WeightException.class, () -> Model.load(file)).getMessage();
        assertTrue(refused.contains("layer3.0") && refused.contains("14x14"), refused);
    }

    /** From a folder as it is downloaded to a model: options, labels and preprocessing arrive; --option wins. */
    @Test
    void aModelHonoursThem() throws IOException, WeightException {
        Path file = Checkpoints.write(folder.resolve("model.safetensors"), HUGGING_FACE);
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "resnet", "downsample_in_bottleneck": true, "id2label": {"0": "a", "1": "b", "2": "c"}}""");
        Files.writeString(folder.resolve("preprocessor_config.json"), "{\"size\": {\"shortest_edge\": 96}}");
        Options options = Options.standard().withThreads(1);
        try (Model model = Model.load(file, options, Map.of())) {
            assertEquals(List.of("a", "b", "c"), model.labels());
            assertEquals(96, model.preprocessing().height());
            assertEquals(true, model.architecture().assumed().get(Option.STRIDE_IN_1X1));
        }
        try (Model model = Model.load(file, options, Map.of("strideIn1x1", "false"))) {
            assertEquals(false, model.architecture().assumed().get(Option.STRIDE_IN_1X1));
            assertEquals("option", model.architecture().assumptions().get(2).origin());
        }
    }
}
