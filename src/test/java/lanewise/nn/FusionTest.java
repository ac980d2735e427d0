package lanewise.nn;

import static lanewise.nn.Layers.conv3dWithBias;
import static lanewise.nn.Layers.identity;
import static lanewise.nn.Layers.relu;
import static lanewise.nn.Layers.residual;
import static lanewise.nn.Layers.seq;
import static lanewise.nn.Nets.conv;
import static lanewise.nn.Nets.net;
import static lanewise.nn.Nets.norm;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import lanewise.weights.WeightException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fusion joins, what it must leave alone, and that the numbers stay. */
class FusionTest {
    private static final Shape SHAPE = Shape.image(2, 4, 7, 5);
    /** Rounding of one operation, in units of {@code 2^-24 * sum of |w x|}; a lost product gives thousands. */
    private static final double LARGEST = 16;

    @Test
    void whatFollowsAConvolutionJoinsIt() {
        assertEquals(List.of("conv bn"), fused(conv("a", 4, 4), norm("b", 4)));
        assertEquals(List.of("conv relu"), fused(conv("a", 4, 4), relu()));
        assertEquals(List.of("conv bn relu"), fused(conv("a", 4, 4), norm("b", 4), relu()));
        assertEquals(List.of("conv add"), fused(residual(conv("a", 4, 4), identity())));
        assertEquals(List.of("conv bn add relu"), fused(residual(seq(conv("a", 4, 4), norm("b", 4)), identity()), relu()));
    }

    @Test
    void aProjectedShortcutIsFusedToo() {
        Layer block = residual(seq(conv("a", 4, 4), norm("b", 4)), seq(conv("c", 4, 4), norm("d", 4)));
        assertEquals(List.of("conv bn", "conv bn add relu"), fused(block, relu()));
    }

    @Test
    void aSumTakesInItsRelu() {
        assertEquals(List.of("add relu"), fused(residual(identity(), identity()), relu()));
    }

    @Test
    void aValueReadByTwoStays() {
        Layer block = residual(seq(norm("b", 4), conv("c", 4, 4)), identity());
        assertEquals(List.of("conv", "batchnorm", "conv add"), fused(conv("a", 4, 4), block));
    }

    @Test
    void theOrderOfOperationsStays() {
        assertEquals(List.of("conv relu", "batchnorm"), fused(conv("a", 4, 4), relu(), norm("b", 4)), "bn after relu");
        assertEquals(List.of("conv relu", "add"), fused(residual(seq(conv("a", 4, 4), relu()), identity())),
                "relu before add");
        assertEquals(List.of("conv bn", "batchnorm"), fused(conv("a", 4, 4), norm("b", 4), norm("c", 4)), "two norms");
        assertEquals(List.of("conv add", "batchnorm"), fused(residual(conv("a", 4, 4), identity()), norm("b", 4)),
                "bn after add");
        assertEquals(List.of("conv relu", "relu"), fused(conv("a", 4, 4), relu(), relu()), "two relus");
    }

    @Test
    void aConvolutionTakesInOneSum() {
        Layer inner = residual(conv("a", 4, 4), identity());
        assertEquals(List.of("conv add", "add"), fused(residual(inner, identity())));
    }

    @Test
    void theOtherSideOfASumDoesNotTakeItIn() {
        assertEquals(List.of("conv", "add"), fused(residual(identity(), conv("a", 4, 4))));
    }

    @Test
    void keptValuesStay() {
        Layer[] layers = {conv("a", 4, 4), norm("b", 4), relu()};
        assertEquals(List.of("conv", "batchnorm", "relu"), fused(List.of("a", "b"), layers));
        assertEquals(List.of("conv bn", "relu"), fused(List.of("b"), layers));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theNumbersStay(int seed) throws WeightException {
        Random random = new Random(seed);
        Network network = random(random, true);
        float[] input = Nets.gaussian(random, SHAPE.elements());
        float[] fused = Nets.run(network, SHAPE, input, Options.standard());
        float[] unfused = Nets.run(network, SHAPE, input, Options.standard().unfused());
        // With all absolute values, the network adds up what its rounding errors are measured by.
        float[] absolute = input.clone();
        for (int i = 0; i < absolute.length; i++) {
            absolute[i] = Math.abs(absolute[i]);
        }
        Network magnitudes = Nets.with(network,
                (name, value) -> name.endsWith("running_mean") ? -Math.abs(value) : Math.abs(value));
        float[] magnitude = Nets.run(magnitudes, SHAPE, absolute, Options.standard().unfused());
        int operations = Graph.of(network).ops().size();
        for (int i = 0; i < fused.length; i++) {
            double error = Math.abs((double) fused[i] - unfused[i]) / (0x1p-24 * magnitude[i]);
            assertTrue(error <= LARGEST * operations,
                    "element " + i + ": " + fused[i] + " and " + unfused[i] + ", error " + error);
        }
        assertTrue(fused(network.root()).stream().anyMatch(op -> op.startsWith("conv bn")), "nothing was fused");
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 12, 13, 14, 15, 16})
    void integersStayExactly(int seed) throws WeightException {
        Random random = new Random(seed);
        Network network = Nets.with(random(random, false), (_, value) -> Math.round(3 * value));
        float[] input = new float[SHAPE.elements()];
        for (int i = 0; i < input.length; i++) {
            input[i] = random.nextInt(-3, 4);
        }
        float[] fused = Nets.run(network, SHAPE, input, Options.standard());
        assertArrayEquals(Nets.run(network, SHAPE, input, Options.standard().unfused()), fused);
        assertTrue(fused(network.root()).stream().anyMatch(op -> op.startsWith("conv ")), "nothing was fused");
    }

    /** Three parts in a row, of 4 channels: plain convolutions and residual blocks, with norms and ReLUs here and there. */
    private static Network random(Random random, boolean norms) {
        List<Layer> layers = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            Layer body = unit(random, "p" + part + ".body", norms);
            boolean projected = random.nextBoolean();
            switch (random.nextInt(3)) {
                case 0 -> layers.add(body);
                case 1 -> layers.add(residual(body, projected ? unit(random, "p" + part + ".cut", norms) : identity()));
                default -> layers.add(residual(residual(body, identity()), identity()));
            }
            if (random.nextBoolean()) {
                layers.add(relu());
            }
        }
        layers.add(conv("last", 4, 4));
        layers.add(norms ? norm("last.bn", 4) : relu());
        return net(4, layers.toArray(Layer[]::new));
    }

    private static Layer unit(Random random, String path, boolean norms) {
        List<Layer> layers = new ArrayList<>(List.of(random.nextBoolean() ? conv(path, 4, 4)
                : conv3dWithBias(Nets.WEIGHTS.at(path), 4, 4, Dims.spatial(3), Dims.ONE, new Dims(0, 1, 1))));
        if (norms && random.nextBoolean()) {
            layers.add(norm(path + ".bn", 4));
        }
        if (random.nextInt(3) == 0) {
            layers.add(relu());
        }
        return seq(layers.toArray(Layer[]::new));
    }

    private static List<String> fused(Layer... layers) {
        return fused(List.of(), layers);
    }

    private static List<String> fused(List<String> kept, Layer... layers) {
        Graph graph = Graph.of(net(4, layers));
        Graph result = Fusion.fuse(graph, kept.stream().map(graph.names()::get).collect(Collectors.toSet()));
        return result.ops().stream().map(FusionTest::describe).toList();
    }

    private static String describe(Op op) {
        return switch (op) {
            case Op.Conv conv -> "conv" + (conv.norm().isPresent() ? " bn" : "") + (conv.other().isPresent() ? " add" : "")
                    + (conv.relu() ? " relu" : "");
            case Op.Add add -> "add" + (add.relu() ? " relu" : "");
            default -> op.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
    }
}
