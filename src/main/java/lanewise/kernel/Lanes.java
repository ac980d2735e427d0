package lanewise.kernel;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The one vector species of all kernels: the machine's preferred width, at most 512 bits. */
final class Lanes {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() <= 16
            ? FloatVector.SPECIES_PREFERRED : FloatVector.SPECIES_512;
    static final int COUNT = SPECIES.length();
    static final int BYTES = SPECIES.vectorByteSize();
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Lanes() {}

    /** {@code x < 0 ? 0 : x}, so that NaN and -0 pass; the scalar twin is {@link Floats#relu}. */
    static FloatVector relu(FloatVector x) {
        VectorMask<Float> negative = x.compare(VectorOperators.LT, 0f);
        return x.blend(0f, negative);
    }

    /** Elements rounded up to whole vectors. */
    static int roundUp(int elements) {
        return (elements + COUNT - 1) / COUNT * COUNT;
    }
}
