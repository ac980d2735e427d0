package lanewise.kernel;

import java.lang.foreign.ValueLayout;

/** Plain float32 access and arithmetic, usable without the vector module. */
final class Floats {
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Floats() {}

    /** {@code x < floor ? floor : x}, so that NaN passes, and -0 through a floor of 0. */
    static float max(float x, float floor) {
        return x < floor ? floor : x;
    }

    /** The smallest output: 0 with ReLU, else minus infinity. */
    static float floor(boolean relu) {
        return relu ? 0f : Float.NEGATIVE_INFINITY;
    }
}
