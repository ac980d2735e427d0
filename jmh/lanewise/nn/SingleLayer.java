package lanewise.nn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import lanewise.jmh.Share;
import lanewise.kernel.ConvGeometry;
import lanewise.kernel.ConvWeights;
import lanewise.kernel.DirectConv;
import lanewise.kernel.GlobalAvgPool;
import lanewise.kernel.Kernel;
import lanewise.kernel.Linear;
import lanewise.kernel.LinearWeights;
import lanewise.kernel.MaxPool;
import lanewise.kernel.Operands;
import lanewise.kernel.PlaneConv;
import lanewise.kernel.Scratch;
import lanewise.kernel.Tile;
import lanewise.kernel.WinogradConv;
import lanewise.kernel.WinogradWeights;
import lanewise.model.Architecture;
import lanewise.model.Architectures;
import lanewise.tensor.Shape;
import lanewise.weights.Weights;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** One layer of a published network as it runs there, batch norm, residual and ReLU included, on one thread. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@Threads(1)
@State(Scope.Thread)
public class SingleLayer {
    /** The network and the path of a convolution, a pooling or the classifier in it. */
    @Param({"resnet18/fc", "resnet18/maxpool", "resnet18/avgpool", "resnet18/conv1", "resnet18/layer1.0.conv1",
        "resnet18/layer2.0.conv1", "resnet18/layer2.0.conv2", "resnet18/layer2.0.downsample.0", "resnet18/layer3.0.conv2",
        "resnet18/layer4.0.conv1", "resnet18/layer4.0.conv2", "resnet50/layer1.0.conv3", "resnet50/layer2.0.conv2",
        "resnet50/layer3.1.conv1", "resnet50/layer4.1.conv3", "resnext50_32x4d/layer1.0.conv2",
        "resnext50_32x4d/layer4.1.conv2", "r2plus1d_18/stem.0", "r2plus1d_18/stem.3", "r2plus1d_18/layer1.0.conv1.0.0",
        "r2plus1d_18/layer1.0.conv1.0.3", "r2plus1d_18/layer2.0.conv1.0.0", "r2plus1d_18/layer3.1.conv1.0.3",
        "r2plus1d_18/layer4.1.conv1.0.0"})
    public String layer;

    /** {@code auto}, or a form of a convolution: direct, planes, time2, time4, space2, space4. */
    @Param("auto")
    public String form;

    /** {@code auto}, or a register tile: rows6, rows8. */
    @Param("auto")
    public String tile;

    private final Arena arena = Arena.ofShared();
    private Kernel kernel;
    private Operands operands;
    private Scratch scratch;
    private long multiplyAdds;

    @Setup
    public void bind() {
        String[] names = layer.split("/");
        Architecture architecture = Architectures.named(names[0]).orElseThrow();
        Network network = architecture.declare(Weights.seeded());
        Graph graph = Fusion.fuse(Graph.of(network), Set.of());
        Shape[] shapes = Shapes.infer(graph, network, architecture.inputShape());
        Op op = graph.ops().stream().filter(one -> one.layer().path().equals(names[1])).findFirst().orElseThrow();
        Shape in = shapes[op.input()];
        Shape out = shapes[op.value()];
        kernel = kernel(op, in);
        multiplyAdds = Shapes.multiplyAdds(op, in);
        operands = new Operands(zeros(in.elements()), op.other().isPresent() ? zeros(out.elements()) : MemorySegment.NULL,
                zeros(out.elements()));
        scratch = new Scratch(arena, Math.max(64, kernel.scratchBytes()));
    }

    private MemorySegment zeros(long floats) {
        return arena.allocate(4 * floats, 64);
    }

    private Kernel kernel(Op op, Shape in) {
        return switch (op) {
            case Op.Conv conv -> conv(conv, Shapes.geometry(conv.layer(), in));
            case Op.MaxPool pool -> new MaxPool(Shapes.pooling(pool.layer(), in));
            case Op.GlobalAvgPool _ -> new GlobalAvgPool(in);
            case Op.Linear linear -> {
                Layer.Linear fc = linear.layer();
                LinearWeights weights = LinearWeights.pack(arena, zeros(fc.weight().elements()), zeros(fc.out()), fc.in(),
                        fc.out(), Tile.pixels());
                yield new Linear(in.n(), weights, tile());
            }
            case Op.BatchNorm _, Op.Relu _, Op.Add _, Op.Gate _, Op.AvgPool _, Op.Softmax _, Op.ShortcutA _ ->
                throw new IllegalArgumentException(layer + " is no convolution, pooling or classifier");
        };
    }

    private Kernel conv(Op.Conv op, ConvGeometry geometry) {
        ConvForm chosen = form.equals("auto") ? ConvCost.candidates(geometry, Options.standard()).getFirst().form()
                : ConvForm.valueOf(form.toUpperCase(Locale.ROOT));
        MemorySegment values = zeros(op.layer().weight().elements());
        MemorySegment bias = zeros(geometry.outChannels());
        if (chosen.winograd().isPresent()) {
            return new WinogradConv(geometry, WinogradWeights.pack(arena, values, bias, geometry.outChannels(),
                    geometry.in().c(), geometry.kernel(), chosen.winograd().get(), tile().rows()), tile(), op.relu(), 1);
        }
        int rows = chosen == ConvForm.PLANES ? PlaneConv.rows(geometry) : tile().rows();
        ConvWeights weights = ConvWeights.pack(arena, values, bias, geometry.outChannels(), geometry.groupChannels(),
                geometry.kernel(), geometry.groups(), rows);
        return chosen == ConvForm.PLANES ? new PlaneConv(geometry, weights, op.relu(), 1)
                : new DirectConv(geometry, weights, tile(), op.relu(), 1);
    }

    private Tile tile() {
        return tile.equals("auto") ? Tile.preferred() : Tile.valueOf(tile.toUpperCase(Locale.ROOT));
    }

    @TearDown
    public void close() {
        arena.close();
    }

    /** Counts the multiply-adds of the direct algorithm, whichever form runs. */
    @Benchmark
    public Operands run(Share share) {
        for (int task = 0; task < kernel.tasks(); task++) {
            kernel.run(task, operands, scratch);
        }
        share.multiplyAdds(multiplyAdds);
        return operands;
    }
}
