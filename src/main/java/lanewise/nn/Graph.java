package lanewise.nn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network lowered to a list of operations, each after those whose values it reads.
 *
 * @param ops in the order in which they run
 * @param output the value that the network returns
 * @param values how many values there are, the input included
 * @param names the value of each layer that has a path
 */
record Graph(List<Op> ops, int output, int values, Map<String, Integer> names) {
    /** One operation per layer, nothing fused. */
    static Graph of(Network network) {
        Lowering lowering = new Lowering();
        int output = lowering.lower(network.root(), 0);
        return new Graph(List.copyOf(lowering.ops), output, lowering.values, Map.copyOf(lowering.names));
    }

    private static final class Lowering {
        private final List<Op> ops = new ArrayList<>();
        private final Map<String, Integer> names = new HashMap<>();
        private int values = 1;

        int lower(Layer layer, int input) {
            int value = switch (layer) {
                case Layer.Sequential sequential -> {
                    int last = input;
                    for (Layer inner : sequential.layers()) {
                        last = lower(inner, last);
                    }
                    yield last;
                }
                case Layer.Residual residual -> {
                    // The short-cut first: the sum can then join the body's last convolution.
                    int shortcut = lower(residual.shortcut(), input);
                    int body = lower(residual.body(), input);
                    yield add(new Op.Add(body, values, residual, OptionalInt.of(shortcut), false));
                }
                case Layer.Conv conv ->
                    add(new Op.Conv(input, values, conv, Optional.empty(), OptionalInt.empty(), false));
                case Layer.BatchNorm norm -> add(new Op.BatchNorm(input, values, norm));
                case Layer.Relu relu -> add(new Op.Relu(input, values, relu));
                case Layer.MaxPool pool -> add(new Op.MaxPool(input, values, pool));
                case Layer.Gated gated -> {
                    int gate = lower(gated.gate(), input);
                    yield add(new Op.Gate(input, values, gated, OptionalInt.of(gate)));
                }
                case Layer.AvgPool pool -> add(new Op.AvgPool(input, values, pool));
                case Layer.GlobalAvgPool pool -> add(new Op.GlobalAvgPool(input, values, pool));
                case Layer.Linear linear -> add(new Op.Linear(input, values, linear));
                case Layer.Softmax softmax -> add(new Op.Softmax(input, values, softmax));
                case Layer.ShortcutA shortcut -> add(new Op.ShortcutA(input, values, shortcut));
            };
            if (!layer.path().isEmpty()) {
                names.put(layer.path(), value);
            }
            return value;
        }

        private int add(Op op) {
            ops.add(op);
            return values++;
        }
    }
}
