package lanewise.nn;

import static lanewise.nn.Nets.conv;
import static lanewise.nn.Nets.linear;
import static lanewise.nn.Nets.net;
import static lanewise.nn.Nets.norm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.List;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import lanewise.weights.WeightException;
import org.junit.jupiter.api.Test;

/** A network that cannot take an input says which layer wants what, and what it got. */
class ShapesTest {
    private static final Shape PICTURE = Shape.image(1, 3, 8, 8);

    @Test
    void wrongChannelsOfTheInput() {
        refused(Shape.image(1, 4, 8, 8), List.of("input", "wants 3 channels", "1x4x8x8"), conv("conv1", 3, 8));
    }

    @Test
    void wrongChannelsInside() {
        refused(PICTURE, List.of("conv2", "wants 4 channels", "1x8x8x8"), conv("conv1", 3, 8), conv("conv2", 4, 8));
        refused(PICTURE, List.of("bn1", "wants 4 channels", "1x8x8x8"), conv("conv1", 3, 8), norm("bn1", 4));
        refused(PICTURE, List.of("fc", "wants 4 channels", "1x3"), Layers.globalAvgPool(), linear("fc", 4, 5));
    }

    @Test
    void aMapSmallerThanTheKernel() {
        Layer conv = Layers.conv2d(Nets.WEIGHTS.at("conv1"), 3, 8, 7, 2, 1, 1, 1);
        refused(Shape.image(1, 3, 4, 9), List.of("conv1", "covers 7 along height", "has only 6", "larger input"), conv);
        refused(Shape.image(1, 3, 9, 4), List.of("conv1", "covers 7 along width", "has only 6"), conv);
        Layer temporal = Layers.conv3d(Nets.WEIGHTS.at("conv1"), 3, 8, new Dims(3, 1, 1), Dims.ONE, Dims.ZERO);
        refused(PICTURE, List.of("conv1", "covers 3 along time", "has only 1"), temporal);
        Layer pool = Layers.maxPool("maxpool", Dims.spatial(3), Dims.spatial(2), Dims.ZERO);
        refused(Shape.image(1, 3, 2, 8), List.of("maxpool", "covers 3 along height", "has only 2"), pool);
    }

    @Test
    void anEmptyMap() {
        refused(Shape.image(1, 3, 0, 8), List.of("avgpool", "empty map", "1x3x0x8"), Layers.globalAvgPool());
    }

    @Test
    void branchesThatDisagree() {
        Layer halved = Layers.conv2d(Nets.WEIGHTS.at("layer1.conv1"), 3, 3, 3, 2, 1, 1, 1);
        Layer block = Layers.seq("layer1", Layers.residual(halved, Layers.identity()), Layers.relu());
        refused(PICTURE, List.of("layer1.conv1", "short-cut gives 1x3x8x8", "body 1x3x4x4"), block);
    }

    @Test
    void aGateGivesOneNumberForEachChannel() {
        Layer gate = Layers.seq(Layers.globalAvgPool(), Layers.pointwise(Nets.WEIGHTS.at("gate"), 3, 4));
        refused(PICTURE, List.of("gate", "the gate gives 1x4", "body 1x3x8x8"), Layers.gated(gate));
        refused(PICTURE, List.of("the gate gives 1x3x8x8", "body 1x3x8x8"), Layers.gated(Layers.identity()));
    }

    @Test
    void aClassifierWantsVectors() {
        refused(PICTURE, List.of("fc", "wants vectors", "1x3x8x8"), linear("fc", 3, 5));
    }

    @Test
    void everyValueHasItsShape() throws WeightException {
        try (Arena arena = Arena.ofShared()) {
            Plan plan = Plan.of(arena, Nets.everyKind(), Shape.image(2, 3, 9, 12), Options.standard());
            assertEquals(Shape.image(2, 3, 9, 12), plan.input());
            assertEquals(List.of("2x8x9x12", "2x8x5x6", "2x8x5x6", "2x8x5x6", "2x8x5x6", "2x8", "2x5"),
                    plan.steps().stream().map(step -> step.out().toString()).toList());
            assertEquals(Shape.vector(2, 5), plan.output());
        }
    }

    /** Refused as it is planned in one go, and as a program of ready weights plans it. */
    private static void refused(Shape shape, List<String> parts, Layer... layers) {
        try (Arena arena = Arena.ofShared()) {
            Network network = net(3, layers);
            ShapeException atOnce = assertThrows(ShapeException.class,
                    () -> Plan.of(arena, network, shape, Options.standard()));
            ShapeException later = assertThrows(ShapeException.class,
                    () -> Program.of(arena, network, shape, Options.standard()));
            for (String part : parts) {
                assertTrue(atOnce.getMessage().contains(part), () -> part + " is not in: " + atOnce.getMessage());
                assertTrue(later.getMessage().contains(part), () -> part + " is not in: " + later.getMessage());
            }
        }
    }
}
