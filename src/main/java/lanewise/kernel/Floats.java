package lanewise.kernel;

import java.lang.foreign.ValueLayout;

/** Plain float32 access and arithmetic, usable without the vector module. */
final class Floats {
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Floats() {}

    /** {@code x < 0 ? 0 : x}, so that NaN and -0 pass. */
    static float relu(float x) {
        return x < 0f ? 0f : x;
    }
}
