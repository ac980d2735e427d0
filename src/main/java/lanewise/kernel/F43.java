package lanewise.kernel;

/**
 * Winograd's F(4,3): four outputs of a filter with three taps from six products instead of twelve, with the
 * interpolation points 0, 1, -1, 2, -2 and infinity (Lavin and Gray 2015, arXiv:1509.09308, section 4.3).
 * The order of operations here defines the bits; the vector form repeats it.
 */
final class F43 {
    /** Outputs of a tile. */
    static final int OUTPUTS = 4;
    /** Inputs that a tile reads, and products that it takes. */
    static final int INPUTS = 6;
    /** Taps of the filter. */
    static final int TAPS = 3;

    private F43() {}

    /** The transformed filter, each element rounded once: element e goes to {@code elements[e][at]}. */
    static void filter(double g0, double g1, double g2, float[][] elements, int at) {
        elements[0][at] = (float) (g0 / 4);
        elements[1][at] = (float) (-(g0 + g1 + g2) / 6);
        elements[2][at] = (float) (-(g0 - g1 + g2) / 6);
        elements[3][at] = (float) ((g0 + 2 * g1 + 4 * g2) / 24);
        elements[4][at] = (float) ((g0 - 2 * g1 + 4 * g2) / 24);
        elements[5][at] = (float) g2;
    }

    /** Element {@code e} of the transformed input. */
    static float input(int e, float d0, float d1, float d2, float d3, float d4, float d5) {
        return switch (e) {
            case 0 -> Math.fma(4f, d0, Math.fma(-5f, d2, d4));
            case 1 -> Math.fma(-4f, d2, d4) + Math.fma(-4f, d1, d3);
            case 2 -> Math.fma(-4f, d2, d4) - Math.fma(-4f, d1, d3);
            case 3 -> Math.fma(2f, d3 - d1, d4 - d2);
            case 4 -> Math.fma(-2f, d3 - d1, d4 - d2);
            default -> Math.fma(4f, d1, Math.fma(-5f, d3, d5));
        };
    }

    /** Output {@code i} of a tile from the six sums of products. */
    static float output(int i, float m0, float m1, float m2, float m3, float m4, float m5) {
        return switch (i) {
            case 0 -> m0 + (m1 + m2) + (m3 + m4);
            case 1 -> Math.fma(2f, m3 - m4, m1 - m2);
            case 2 -> Math.fma(4f, m3 + m4, m1 + m2);
            default -> Math.fma(8f, m3 - m4, m1 - m2) + m5;
        };
    }
}
