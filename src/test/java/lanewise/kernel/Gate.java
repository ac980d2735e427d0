package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** The two comparisons that decide whether a result is right. */
final class Gate {
    /** Largest error of one element, in units of {@code 2^-24 * sum of |products|}; a lost product gives thousands. */
    static final double LARGEST = 16;
    /** Root mean square of that error over a result. */
    static final double ROOT_MEAN_SQUARE = 2;
    /** With fewer elements the mean says no more than the largest: one in a few thousand such results would exceed it. */
    static final int FEWEST = 32;

    private static final double UNIT = 0x1p-24;

    private Gate() {}

    /** Bit equality; all NaN count as one, because the payload of a computed NaN is not defined. */
    static void sameBits(Object what, float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, () -> "length of " + what);
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
                fail(what + ": element " + i + " of " + expected.length + " should be " + expected[i] + ", is " + actual[i]);
            }
        }
    }

    /**
     * The error that rounding explains.
     *
     * @param exact the result in double
     * @param magnitude sum of the absolute values of what is added for each element
     */
    static void withinRounding(Object what, double[] exact, double[] magnitude, float[] actual) {
        withinRounding(what, exact, magnitude, actual, LARGEST, ROOT_MEAN_SQUARE);
    }

    /** {@link #withinRounding} with other bounds, for algorithms that round more often than the direct one. */
    static void withinRounding(Object what, double[] exact, double[] magnitude, float[] actual, double largest, double mean) {
        assertEquals(exact.length, actual.length, () -> "length of " + what);
        double squares = 0;
        for (int i = 0; i < exact.length; i++) {
            double difference = Math.abs(actual[i] - exact[i]);
            double error = difference == 0 ? 0 : difference / (UNIT * magnitude[i]);
            if (!(error <= largest)) {
                fail(what + ": element " + i + " of " + exact.length + " should be " + exact[i] + ", is " + actual[i]
                        + ", error " + error + " units");
            }
            squares += error * error;
        }
        double rms = Math.sqrt(squares / Math.max(1, exact.length));
        if (exact.length >= FEWEST && !(rms <= mean)) {
            fail(what + ": root mean square error " + rms + " units");
        }
    }
}
