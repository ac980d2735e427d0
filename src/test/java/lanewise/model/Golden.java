package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lanewise.nn.Network;
import lanewise.nn.Options;
import lanewise.nn.Plan;
import lanewise.nn.Session;
import lanewise.nn.Workers;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;

/** A stored reference: a network whose weights come from the seeded formula, with PyTorch's float64 answers. */
record Golden(JsonNode json) {
    static Golden read(InputStream in) throws IOException {
        return new Golden(new ObjectMapper().readTree(in));
    }

    String name() {
        return json.get("case").asText();
    }

    Shape inputShape() {
        return Shape.of(ints(json.get("input").get("shape")));
    }

    List<String> stages() {
        List<String> stages = new ArrayList<>();
        json.get("stages").forEach(stage -> stages.add(stage.get("stage").asText()));
        return stages;
    }

    Tensor input(Arena arena) throws WeightException {
        return Tensor.of(arena, inputShape(), Weights.seeded().take("input", ints(json.get("input").get("shape"))).toArray());
    }

    /** Runs the network; checks every stage and the output; returns the output. */
    float[] check(Architecture architecture, Options options, double tolerance) throws WeightException {
        Network network = architecture.declare(Weights.seeded());
        assertEquals(json.get("parameters").asLong(), network.parameters(), "parameters");
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(options.threads())) {
            Plan plan = Plan.of(arena, network, inputShape(), options.keeping(stages()));
            try (Session session = plan.session(workers)) {
                float[] output = session.run(input(arena)).toArray();
                json.get("stages").forEach(stage -> checkStage(stage, session.kept(stage.get("stage").asText())));
                assertClose(json.get("output").get("float64"), output, json.get("maxAbs").asDouble(), tolerance);
                return output;
            }
        }
    }

    private static void checkStage(JsonNode stage, Tensor found) {
        String name = stage.get("stage").asText();
        assertEquals(Shape.of(ints(stage.get("shape"))), found.shape(), name);
        double largest = Math.max(Math.abs(stage.get("max").asDouble()), 1e-3);
        JsonNode first = stage.get("first");
        for (int i = 0; i < first.size(); i++) {
            assertEquals(first.get(i).asDouble(), found.get(i), 1e-5 * largest, name + "[" + i + "]");
        }
        float[] values = found.toArray();
        double mean = IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElseThrow();
        double square = IntStream.range(0, values.length).mapToDouble(i -> (values[i] - mean) * (values[i] - mean)).sum();
        assertEquals(stage.get("mean").asDouble(), mean, 1e-5 * largest, name + " mean");
        double std = stage.get("std").asDouble();
        double population = Math.sqrt(square / values.length);
        double sample = Math.sqrt(square / (values.length - 1));
        assertTrue(Math.min(Math.abs(std - population), Math.abs(std - sample)) <= 1e-5 * largest,
                name + " std: expected " + std + ", found " + population);
    }

    static void assertClose(JsonNode expected, float[] found, double largest, double tolerance) {
        List<JsonNode> flat = new ArrayList<>();
        flatten(expected, flat);
        assertEquals(flat.size(), found.length, "output size");
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
            assertTrue(Float.isFinite(found[i]), "output " + i + " is " + found[i]);
            worst = Math.max(worst, Math.abs(found[i] - flat.get(i).asDouble()));
        }
        assertTrue(worst <= tolerance * largest, "largest error " + worst / largest + " of the largest logit");
    }

    private static void flatten(JsonNode node, List<JsonNode> into) {
        if (node.isArray()) {
            node.forEach(inner -> flatten(inner, into));
        } else {
            into.add(node);
        }
    }

    static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    /** The architecture options that the case names, as users write them. */
    Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        json.get("options").properties().forEach(option -> {
            List<JsonNode> values = new ArrayList<>();
            flatten(option.getValue(), values);
            options.put(option.getKey(), values.stream().map(JsonNode::asText).collect(Collectors.joining(",")));
        });
        return options;
    }

    /** The tensors that PyTorch's state dict holds, with seeded values. */
    Map<String, WeightTensor> tensors() {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        json.get("tensors").forEach(tensor -> {
            String name = tensor.get(0).asText();
            tensors.put(name, Weights.seeded().take(name, ints(tensor.get(1))));
        });
        return tensors;
    }
}
