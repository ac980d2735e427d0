package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The direct convolution on padded planes, with each kernel. */
class PlaneConvTest {
    private abstract static class Vector extends ConvContract {
        private final int rows;

        Vector(int rows) {
            this.rows = rows;
        }

        @Override
        int rows() {
            return rows;
        }

        /** Planes have no place for padding without bounds, which some cases have. */
        @Override
        Conv create(ConvGeometry geometry, ConvWeights weights, boolean relu, int threads) {
            boolean bounded = Math.max(geometry.padding().h(), geometry.padding().w()) < 1000;
            assertEquals(bounded, PlaneConv.fits(geometry), geometry::toString);
            return bounded
                    ? new PlaneConv(geometry, weights, relu, threads)
                    : new DirectConvScalar(geometry, weights, relu);
        }

        @Override
        Kernel.Mode mode() {
            return Kernel.Mode.VECTOR;
        }

        @Override
        float[] twin(ConvCase c, ConvData data) {
            return new DirectConvTest().new Plain().run(c, data);
        }

        /** Groups of every size around the kernel's, on maps around the lanes, by strides with and without phases. */
        @Test
        void groups() {
            RandomGenerator random = new SplittableRandom(11);
            for (int size = 1; size <= 2 * rows + 1; size++) {
                for (int map : new int[] {1, 2, 7, 8, 14, 17, 28, 33}) {
                    for (int stride = 1; stride <= 3; stride++) {
                        ConvCase c = ConvCase.plain(new Shape(2, 3 * size, 2, 5, map), 3 * size, Dims.spatial(3)).groups(3)
                                .stride(1, stride, stride).padding(0, 1, 1).epilogue(true, true, stride == 2).threads(stride);
                        same(c, random);
                        same(c.dilation(1, 2, 2).padding(0, 2, 3), random);
                    }
                }
            }
        }

        /** Maps so large that a frame is cut into bands. */
        @Test
        void bands() {
            RandomGenerator random = new SplittableRandom(12);
            for (int stride = 1; stride <= 2; stride++) {
                ConvCase c = ConvCase.plain(Shape.image(1, 8, 131, 61), 4, Dims.spatial(3)).groups(2).stride(1, stride, stride)
                        .padding(0, 1, 1).epilogue(true, true, true);
                try (Arena arena = Arena.ofShared()) {
                    int tasks = trial(arena, c, ConvData.gaussian(c, random)).kernel().tasks();
                    assertTrue(tasks > 2, c + " has one task a group");
                    int more = trial(arena, c.threads(4), ConvData.gaussian(c, random)).kernel().tasks();
                    assertTrue(more >= 16, "work for 4 threads in " + more + " tasks");
                }
                same(c, random);
                same(c.threads(4), random);
            }
        }

        private void same(ConvCase c, RandomGenerator random) {
            ConvData data = ConvData.special(c, random);
            Gate.sameBits(c, twin(c, data), run(c, data));
        }

        @Test
        void refusesWeightsThatAreNotFinite() {
            ConvCase c = ConvCase.plain(Shape.image(1, 3, 4, 4), 5, Dims.ONE);
            try (Arena arena = Arena.ofShared()) {
                float[] weights = new float[15];
                weights[14] = Float.NEGATIVE_INFINITY;
                ConvData data = new ConvData(new float[48], weights, new float[5], new float[0]);
                assertThrows(IllegalArgumentException.class, () -> trial(arena, c, data));
            }
        }

        @Test
        void refusesWeightsPackedForOtherRows() {
            ConvCase c = ConvCase.plain(Shape.image(1, 1, 1, 1), 1, Dims.ONE);
            try (Arena arena = Arena.ofShared()) {
                ConvWeights weights = ConvWeights.pack(arena, arena.allocate(4), arena.allocate(4), 1, 1, Dims.ONE, 1, rows + 1);
                assertThrows(IllegalArgumentException.class, () -> create(c.geometry(), weights, false, 1));
            }
        }
    }

    @Nested
    class Rows4 extends Vector {
        Rows4() {
            super(4);
        }
    }

    @Nested
    class Rows8 extends Vector {
        Rows8() {
            super(8);
        }
    }

    @Test
    void refusesPlanesWithoutBounds() {
        ConvGeometry wide = ConvCase.plain(Shape.image(1, 1, 1, 9), 1, Dims.ONE).stride(1, 1, 1 << 30)
                .padding(0, 0, Integer.MAX_VALUE).geometry();
        assertFalse(PlaneConv.fits(wide));
        try (Arena arena = Arena.ofShared()) {
            ConvWeights weights = ConvWeights.pack(arena, arena.allocate(4), arena.allocate(4), 1, 1, Dims.ONE, 1, 8);
            assertThrows(IllegalArgumentException.class, () -> new PlaneConv(wide, weights, false, 1));
        }
    }
}
