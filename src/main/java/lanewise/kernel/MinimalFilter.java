package lanewise.kernel;

/**
 * Winograd's minimal filters F(m,3): m outputs of a filter with three taps from m + 2 products instead of 3 m (Lavin and
 * Gray 2015, arXiv:1509.09308, section 4). The order of operations here defines the bits; the vector forms repeat it.
 */
enum MinimalFilter {
    /** Two outputs from four products, with the interpolation points 0, 1, -1 and infinity. */
    F23(2, new int[][] {{1, 0, 0, 1}, {1, 1, 1, 2}, {1, -1, 1, 2}, {0, 0, 1, 1}}) {
        @Override
        float input(int e, float[] d, int at, int step) {
            return switch (e) {
                case 0 -> d[at] - d[at + 2 * step];
                case 1 -> d[at + step] + d[at + 2 * step];
                case 2 -> d[at + 2 * step] - d[at + step];
                default -> d[at + 3 * step] - d[at + step];
            };
        }

        @Override
        float output(int i, float[] m, int at, int step) {
            return switch (i) {
                case 0 -> m[at] + (m[at + step] + m[at + 2 * step]);
                default -> m[at + step] - m[at + 2 * step] + m[at + 3 * step];
            };
        }
    },
    /** Four outputs from six products, with the interpolation points 0, 1, -1, 2, -2 and infinity. */
    F43(4, new int[][] {{1, 0, 0, 4}, {1, 1, 1, -6}, {1, -1, 1, -6}, {1, 2, 4, 24}, {1, -2, 4, 24}, {0, 0, 1, 1}}) {
        @Override
        float input(int e, float[] d, int at, int step) {
            float d1 = d[at + step];
            float d2 = d[at + 2 * step];
            float d3 = d[at + 3 * step];
            float d4 = d[at + 4 * step];
            return switch (e) {
                case 0 -> Math.fma(4f, d[at], Math.fma(-5f, d2, d4));
                case 1 -> Math.fma(-4f, d2, d4) + Math.fma(-4f, d1, d3);
                case 2 -> Math.fma(-4f, d2, d4) - Math.fma(-4f, d1, d3);
                case 3 -> Math.fma(2f, d3 - d1, d4 - d2);
                case 4 -> Math.fma(-2f, d3 - d1, d4 - d2);
                default -> Math.fma(4f, d1, Math.fma(-5f, d3, d[at + 5 * step]));
            };
        }

        @Override
        float output(int i, float[] m, int at, int step) {
            float m1 = m[at + step];
            float m2 = m[at + 2 * step];
            float m3 = m[at + 3 * step];
            float m4 = m[at + 4 * step];
            return switch (i) {
                case 0 -> m[at] + (m1 + m2) + (m3 + m4);
                case 1 -> Math.fma(2f, m3 - m4, m1 - m2);
                case 2 -> Math.fma(4f, m3 + m4, m1 + m2);
                default -> Math.fma(8f, m3 - m4, m1 - m2) + m[at + 5 * step];
            };
        }
    };

    /** Taps of the filter. */
    static final int TAPS = 3;
    /** The most inputs that a tile of any of them reads. */
    static final int MOST_INPUTS = 6;

    private final int outputs;
    /** For each element of the transformed filter the factors of its taps, and what their sum is divided by. */
    private final int[][] factors;

    MinimalFilter(int outputs, int[][] factors) {
        this.outputs = outputs;
        this.factors = factors;
    }

    /** Outputs of a tile. */
    int outputs() {
        return outputs;
    }

    /** Inputs that a tile reads, and products that it takes. */
    int inputs() {
        return outputs + TAPS - 1;
    }

    /** Element {@code e} of each of {@code count} transformed filters, whose taps lie in three arrays. */
    void filter(int e, double[] g0, double[] g1, double[] g2, double[] to, int count) {
        double f0 = factors[e][0];
        double f1 = factors[e][1];
        double f2 = factors[e][2];
        double divisor = factors[e][3];
        for (int i = 0; i < count; i++) {
            to[i] = (f0 * g0[i] + f1 * g1[i] + f2 * g2[i]) / divisor;
        }
    }

    /** Element {@code e} of the transformed inputs {@code d[at]}, {@code d[at + step]}, … */
    abstract float input(int e, float[] d, int at, int step);

    /** Output {@code i} of a tile from the sums of products {@code m[at]}, {@code m[at + step]}, … */
    abstract float output(int i, float[] m, int at, int step);
}
