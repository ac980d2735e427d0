package lanewise.kernel;

import java.util.random.RandomGenerator;

/** Test data of three kinds: small integers, normally distributed numbers, and those among special values. */
final class Data {
    private static final float[] SPECIAL = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE,
        Float.MIN_NORMAL / 2, -Float.MIN_NORMAL / 3, Float.MIN_NORMAL, 3e38f, -3e38f, 1e-30f, -1e-30f, Float.MAX_VALUE
    };

    /** Makes {@code length} values. */
    interface Source {
        float[] take(RandomGenerator random, int length);
    }

    private Data() {}

    /** Integers of absolute value at most {@code limit}. */
    static float[] integers(RandomGenerator random, int length, int limit) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextInt(-limit, limit + 1);
        }
        return values;
    }

    static float[] gaussian(RandomGenerator random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Normally distributed numbers, about every eighth replaced by a special value. */
    static float[] special(RandomGenerator random, int length) {
        float[] values = gaussian(random, length);
        for (int i = 0; i < length; i++) {
            if (random.nextInt(8) == 0) {
                values[i] = SPECIAL[random.nextInt(SPECIAL.length)];
            }
        }
        return values;
    }

    /** As {@link #special}, without infinities and NaN. */
    static float[] finite(RandomGenerator random, int length) {
        float[] values = special(random, length);
        for (int i = 0; i < length; i++) {
            if (!Float.isFinite(values[i])) {
                values[i] = -0f;
            }
        }
        return values;
    }
}
