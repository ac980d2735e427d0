package lanewise.nn;

import lanewise.kernel.AvgPoolGeometry;
import lanewise.kernel.ConvGeometry;
import lanewise.kernel.PoolGeometry;
import lanewise.kernel.ShortcutA;
import lanewise.tensor.Shape;

/** Resolves the shape of every value before any arithmetic; a misfit is an error with the layer's path. */
final class Shapes {
    private Shapes() {}

    /** The shape of each value of {@code graph}; null where fusion has removed the value. */
    static Shape[] infer(Graph graph, Network network, Shape input) {
        if (input.c() != network.inChannels()) {
            throw new ShapeException("", network.name() + " wants " + network.inChannels() + " channels, the input "
                    + input + " has " + input.c());
        }
        Shape[] shapes = new Shape[graph.values()];
        shapes[0] = input;
        String place = "";
        for (Op op : graph.ops()) {
            String path = op.layer().path();
            // An operation without a name, such as a sum, is named by the one before it.
            place = path.isEmpty() ? place : path;
            try {
                shapes[op.value()] = output(op, shapes[op.input()]);
            } catch (IllegalArgumentException e) {
                throw new ShapeException(place, e.getMessage());
            }
            if (op.other().isPresent()) {
                checkOther(op, place, shapes[op.value()], shapes[op.other().getAsInt()]);
            }
        }
        return shapes;
    }

    private static void checkOther(Op op, String place, Shape value, Shape other) {
        boolean gate = op instanceof Op.Gate;
        if (!other.equals(gate ? Shape.vector(value.n(), value.c()) : value)) {
            throw new ShapeException(place, (gate ? "the gate gives " : "the short-cut gives ") + other + ", the body " + value);
        }
    }

    static ConvGeometry geometry(Layer.Conv conv, Shape in) {
        if (in.c() != conv.inChannels()) {
            throw new IllegalArgumentException("wants " + conv.inChannels() + " channels, not " + in);
        }
        return new ConvGeometry(in, conv.outChannels(), conv.kernel(), conv.stride(), conv.padding(), conv.dilation(),
                conv.groups());
    }

    /** Multiply-adds of the direct algorithm, which is how the field counts; nothing for operations without weights. */
    static long multiplyAdds(Op op, Shape in) {
        return switch (op) {
            case Op.Conv conv -> geometry(conv.layer(), in).multiplyAdds();
            case Op.Linear linear -> (long) in.n() * linear.layer().weight().elements();
            case Op.BatchNorm _, Op.Relu _, Op.Add _, Op.Gate _, Op.MaxPool _, Op.AvgPool _, Op.GlobalAvgPool _, Op.Softmax _,
                    Op.ShortcutA _ -> 0;
        };
    }

    private static Shape output(Op op, Shape in) {
        return switch (op) {
            case Op.Conv conv -> geometry(conv.layer(), in).out();
            case Op.BatchNorm norm -> channels(in, norm.layer().channels());
            case Op.Relu _, Op.Add _, Op.Gate _, Op.Softmax _ -> in;
            case Op.MaxPool pool ->
                new PoolGeometry(in, pool.layer().kernel(), pool.layer().stride(), pool.layer().padding()).out();
            case Op.AvgPool pool ->
                new AvgPoolGeometry(in, pool.layer().kernel(), pool.layer().stride(), pool.layer().ceil()).out();
            case Op.GlobalAvgPool _ -> {
                if (in.plane() == 0) {
                    throw new IllegalArgumentException("the mean of an empty map is not defined: " + in);
                }
                yield Shape.vector(in.n(), in.c());
            }
            case Op.Linear linear -> vector(channels(in, linear.layer().in())).withChannels(linear.layer().out());
            case Op.ShortcutA shortcut ->
                new ShortcutA(in, shortcut.layer().stride(), shortcut.layer().before(), shortcut.layer().behind()).out();
        };
    }

    private static Shape channels(Shape in, int wanted) {
        if (in.c() != wanted) {
            throw new IllegalArgumentException("wants " + wanted + " channels, not " + in);
        }
        return in;
    }

    private static Shape vector(Shape in) {
        if (in.plane() != 1) {
            throw new IllegalArgumentException("wants vectors, not " + in);
        }
        return in;
    }
}
