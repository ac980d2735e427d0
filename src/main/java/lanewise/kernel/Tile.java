package lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The register tile of the micro-kernel: rows of output channels by vectors of pixels. All {@code rows * vectors}
 * accumulators, the loaded pixel vectors and one broadcast weight must fit the machine's vector registers; a spilled
 * accumulator halves the speed.
 */
public enum Tile {
    /** 12 accumulators + 2 + 1 live vectors: machines with 16 vector registers (AVX2). */
    ROWS6(6) {
        @Override
        void multiply(MemorySegment weights, MemorySegment pixels, int depth, MemorySegment sums) {
            MicroKernel6.multiply(weights, pixels, depth, sums);
        }

        @Override
        void multiplyHalf(MemorySegment upper, MemorySegment lower, MemorySegment pixels, int depth, MemorySegment upperSums,
                MemorySegment lowerSums) {
            MicroKernel12x1.multiply(upper, lower, pixels, depth, upperSums, lowerSums);
        }
    },
    /** 16 accumulators + 2 + 1 live vectors: machines with 32 vector registers (AVX-512, NEON). */
    ROWS8(8) {
        @Override
        void multiply(MemorySegment weights, MemorySegment pixels, int depth, MemorySegment sums) {
            MicroKernel8.multiply(weights, pixels, depth, sums);
        }

        @Override
        void multiplyHalf(MemorySegment upper, MemorySegment lower, MemorySegment pixels, int depth, MemorySegment upperSums,
                MemorySegment lowerSums) {
            MicroKernel16x1.multiply(upper, lower, pixels, depth, upperSums, lowerSums);
        }
    };

    /** Vectors of pixels in a panel, the same for every tile. */
    public static final int VECTORS = 2;
    /** Bytes of the largest result tile and one vector behind it, with the widest vectors; known without their module. */
    static final long MOST_BYTES = (8L * VECTORS + 1) * 64;

    private final int rows;

    Tile(int rows) {
        this.rows = rows;
    }

    /** The tile for this machine: by lanes on x86 (512 bits come with 32 registers), always the large one on AArch64. */
    public static Tile preferred() {
        boolean manyRegisters = Lanes.COUNT >= 16 || System.getProperty("os.arch").equals("aarch64");
        return manyRegisters ? ROWS8 : ROWS6;
    }

    /** Output channels in a weight panel. */
    public int rows() {
        return rows;
    }

    /** Pixels in a pixel panel. */
    public static int pixels() {
        return VECTORS * Lanes.COUNT;
    }

    /**
     * {@code sums[r][p] = sum over k ascending of weights[k][r] * pixels[k][p]}, each a chain of fused multiply-adds
     * that starts at zero.
     *
     * @param weights packed weight panel [depth][rows]
     * @param pixels packed pixel panel [depth][pixels]
     * @param sums receives [rows][pixels]
     */
    abstract void multiply(MemorySegment weights, MemorySegment pixels, int depth, MemorySegment sums);

    /** {@link #multiply} of two weight panels with the first vector of a pixel panel; the second one's sums are not written. */
    abstract void multiplyHalf(MemorySegment upper, MemorySegment lower, MemorySegment pixels, int depth,
            MemorySegment upperSums, MemorySegment lowerSums);
}
