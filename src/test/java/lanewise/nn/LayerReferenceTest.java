package lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.DType;
import lanewise.weights.WeightException;
import lanewise.weights.WeightTensor;
import lanewise.weights.Weights;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single layers against PyTorch in float64, special values included; made by weights/reference.py. */
class LayerReferenceTest {
    /** One stored case; named for the test report. */
    record Case(JsonNode json) {
        String op() {
            return json.get("op").asText();
        }

        Dims dims(String setting) {
            JsonNode values = json.get(setting);
            return new Dims(values.get(0).asInt(), values.get(1).asInt(), values.get(2).asInt());
        }

        Optional<WeightTensor> part(String part) throws WeightException {
            for (JsonNode tensor : json.get("tensors")) {
                if (tensor.get("part").asText().equals(part)) {
                    return Optional.of(Fixed.of(tensor));
                }
            }
            return Optional.empty();
        }

        WeightTensor required(String part) throws WeightException {
            return part(part).orElseThrow();
        }

        @Override
        public String toString() {
            return json.get("name").asText();
        }
    }

    /** A tensor with values in memory. */
    record Fixed(String name, List<Integer> dims, float[] values) implements WeightTensor {
        static Fixed of(JsonNode tensor) throws WeightException {
            List<Integer> dims = new ArrayList<>();
            tensor.get("shape").forEach(extent -> dims.add(extent.asInt()));
            String part = tensor.get("part").asText();
            float[] values = Weights.seeded().take(tensor.get("name").asText(),
                    dims.stream().mapToInt(Integer::intValue).toArray()).toArray();
            for (JsonNode special : tensor.path("special")) {
                values[special.get(0).asInt()] = Float.parseFloat(special.get(1).asText());
            }
            return new Fixed(part, List.copyOf(dims), values);
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public void read(MemorySegment destination) {
            destination.copyFrom(MemorySegment.ofArray(values));
        }
    }

    static Stream<Case> cases() throws IOException {
        try (InputStream in = LayerReferenceTest.class.getResourceAsStream("/lanewise/reference/layers.json")) {
            List<Case> cases = new ArrayList<>();
            new ObjectMapper().readTree(in).get("cases").forEach(json -> cases.add(new Case(json)));
            assertEquals(27, cases.size(), "cases");
            return cases.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void vector(Case each) throws WeightException {
        check(each, Options.standard());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scalar(Case each) throws WeightException {
        check(each, Options.standard().scalar());
    }

    private static void check(Case each, Options options) throws WeightException {
        WeightTensor input = each.required("input");
        Shape shape = Shape.of(input.dims().stream().mapToInt(Integer::intValue).toArray());
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(options.threads())) {
            Plan plan = Plan.of(arena, new Network("one layer", shape.c(), layer(each)), shape, options);
            try (Session session = plan.session(workers)) {
                float[] found = session.run(Tensor.of(arena, shape, input.toArray())).toArray();
                JsonNode expected = each.json.get("output").get("float64");
                assertEquals(expected.size(), found.length);
                double largest = IntStream.range(0, expected.size()).mapToDouble(i -> value(expected.get(i)))
                        .filter(Double::isFinite).map(Math::abs).max().orElse(1);
                for (int i = 0; i < found.length; i++) {
                    assertEquals(value(expected.get(i)), found[i], 2e-6 * largest + 1e-9, "element " + i);
                }
            }
        }
    }

    private static double value(JsonNode number) {
        return number.isTextual() ? Double.parseDouble(number.asText()) : number.asDouble();
    }

    private static Layer layer(Case each) throws WeightException {
        return switch (each.op()) {
            case "conv3d" -> conv(each);
            case "batch_norm" -> new Layer.BatchNorm("bn", each.required("weight"), each.required("bias"),
                    each.required("running_mean"), each.required("running_var"), each.json.get("epsilon").asDouble());
            case "max_pool3d" -> new Layer.MaxPool("pool", each.dims("kernel"), each.dims("stride"), each.dims("padding"));
            case "adaptive_avg_pool3d" -> new Layer.GlobalAvgPool("avgpool");
            case "linear" -> new Layer.Linear("fc", each.required("weight"), each.required("bias"));
            case "softmax" -> new Layer.Softmax("softmax");
            case "relu" -> new Layer.Relu("relu");
            default -> throw new AssertionError("unknown operation " + each.op());
        };
    }

    private static Layer conv(Case each) throws WeightException {
        WeightTensor weight = each.required("weight");
        Dims kernel = new Dims(weight.dims().get(2), weight.dims().get(3), weight.dims().get(4));
        return new Layer.Conv("conv", weight, each.part("bias"), kernel, each.dims("stride"), each.dims("padding"),
                each.dims("dilation"), each.json.get("groups").asInt());
    }
}
