package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import jdk.incubator.vector.FloatVector;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The direct convolution with each tile and its scalar twin. */
class DirectConvTest {
    private abstract static class Vector extends ConvContract {
        private final Tile tile;

        Vector(Tile tile) {
            this.tile = tile;
        }

        @Override
        int rows() {
            return tile.rows();
        }

        @Override
        Conv create(ConvGeometry geometry, ConvWeights weights, boolean relu, int threads) {
            return new DirectConv(geometry, weights, tile, relu, threads);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }

        @Override
        float[] twin(ConvCase c, ConvData data) {
            return new DirectConvTest().new Plain().run(c, data);
        }

        /** Infinity times the zeros of padding would be NaN, so weights that are not finite belong to the scalar twin. */
        @Test
        void refusesWeightsThatAreNotFinite() {
            ConvCase c = ConvCase.plain(Shape.image(1, 3, 4, 4), 5, Dims.ONE);
            try (Arena arena = Arena.ofShared()) {
                for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    for (int place = 0; place < 15; place++) {
                        float[] weights = new float[15];
                        weights[place] = bad;
                        ConvData data = new ConvData(new float[48], weights, new float[5], new float[0]);
                        assertThrows(IllegalArgumentException.class, () -> trial(arena, c, data));
                    }
                }
            }
        }

        @Test
        void refusesWeightsPackedForAnotherTile() {
            ConvCase c = ConvCase.plain(Shape.image(1, 1, 1, 1), 1, Dims.ONE);
            try (Arena arena = Arena.ofShared()) {
                ConvWeights weights = ConvWeights.pack(arena, arena.allocate(4), arena.allocate(4), 1, 1, Dims.ONE, 1, rows() + 1);
                assertThrows(IllegalArgumentException.class, () -> create(c.geometry(), weights, false, 1));
            }
        }
    }

    /** Weights may be packed for any tile: the plain form reads them all. */
    private abstract static class Scalar extends ConvContract {
        private final Tile tile;

        Scalar(Tile tile) {
            this.tile = tile;
        }

        @Override
        int rows() {
            return tile.rows();
        }

        @Override
        Conv create(ConvGeometry geometry, ConvWeights weights, boolean relu, int threads) {
            return new DirectConvScalar(geometry, weights, relu);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.SCALAR;
        }

        @Override
        float[] twin(ConvCase c, ConvData data) {
            return new ConvReference(c, data).chain();
        }
    }

    @Nested
    class Rows6 extends Vector {
        Rows6() {
            super(Tile.ROWS6);
        }
    }

    @Nested
    class Rows8 extends Vector {
        Rows8() {
            super(Tile.ROWS8);
        }
    }

    @Nested
    class Plain extends Scalar {
        Plain() {
            super(Tile.ROWS6);
        }

        @Test
        void givesTheChainWithAnyWeights() {
            RandomGenerator random = new SplittableRandom(8);
            for (int i = 0; i < 200; i++) {
                ConvCase c = ConvCases.random(random);
                ConvData data = ConvData.specialWeights(c, random);
                Gate.sameBits(c, new ConvReference(c, data).chain(), run(c, data));
            }
        }

        /** An infinite weight over padding adds nothing; over the map it makes the output infinite. */
        @Test
        void paddingUnderInfiniteWeightsContributesNothing() {
            ConvCase c = ConvCase.plain(Shape.image(1, 1, 5, 5), 1, Dims.spatial(3)).padding(0, 1, 1);
            float[] input = new float[25];
            Arrays.fill(input, 1);
            float[] weights = new float[9];
            Arrays.fill(weights, 1);
            weights[0] = Float.POSITIVE_INFINITY;
            float[] output = run(c, new ConvData(input, weights, new float[1], new float[0]));
            for (int i = 0; i < 25; i++) {
                int rows = i / 5 == 4 || i / 5 == 0 ? 2 : 3;
                int columns = i % 5 == 4 || i % 5 == 0 ? 2 : 3;
                boolean overPadding = i / 5 == 0 || i % 5 == 0;
                assertEquals(overPadding ? rows * columns : Float.POSITIVE_INFINITY, output[i], "element " + i);
            }
        }
    }

    @Test
    void weightsKnowWhetherTheyAreFinite() {
        try (Arena arena = Arena.ofShared()) {
            for (float value : new float[] {1, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.POSITIVE_INFINITY}) {
                ConvWeights weights = ConvWeights.pack(arena, TrialMemory.exact(arena, new float[] {0, value}),
                        arena.allocate(4), 1, 2, Dims.ONE, 1, 6);
                assertEquals(Float.isFinite(value), weights.finite());
            }
        }
    }

    @Test
    void geometryRefusesKernelsThatDoNotFit() {
        for (int k : new int[] {3, 5, 7}) {
            for (int p = 0; p < k / 2; p++) {
                ConvCase c = ConvCase.plain(Shape.image(1, 3, 1, 9), 5, new Dims(1, k, 1)).padding(0, p, 0);
                assertFalse(c.isValid());
                assertThrows(IllegalArgumentException.class, c::geometry);
            }
        }
        assertThrows(IllegalArgumentException.class, ConvCase.plain(Shape.image(1, 3, 9, 9), 5, Dims.ONE).groups(2)::geometry);
        assertThrows(IllegalArgumentException.class, ConvCase.plain(Shape.image(1, 4, 9, 9), 5, Dims.ONE).groups(2)::geometry);
        assertThrows(IllegalArgumentException.class, ConvCase.plain(Shape.image(1, 4, 9, 9), 4, Dims.ONE).stride(1, 0, 1)::geometry);
        assertThrows(IllegalArgumentException.class, ConvCase.plain(Shape.image(1, 4, 9, 9), 4, Dims.ONE).dilation(1, 1, 0)::geometry);
        assertThrows(IllegalArgumentException.class, ConvCase.plain(Shape.image(1, 4, 9, 9), 4, Dims.ZERO)::geometry);
    }

    @Test
    void lanesAreThePreferredOnesAndOnlyThose() {
        int preferred = FloatVector.SPECIES_PREFERRED.length();
        assertEquals(Math.min(16, preferred), Lanes.COUNT);
        assertEquals(4 * Lanes.COUNT, Lanes.BYTES);
        assertTrue(Lanes.COUNT == 4 || Lanes.COUNT == 8 || Lanes.COUNT == 16, "lanes " + Lanes.COUNT);
        System.out.println("vectors of " + 32 * Lanes.COUNT + " bits");
    }
}
