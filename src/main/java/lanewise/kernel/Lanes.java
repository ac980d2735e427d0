package lanewise.kernel;

import java.lang.foreign.MemorySegment;
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

    /** {@code x < floor ? floor : x}, so that NaN passes; the scalar twin is {@link Floats#max}. */
    static FloatVector max(FloatVector x, float floor) {
        return x.blend(floor, x.compare(VectorOperators.LT, floor));
    }

    /** Writes the chosen lanes and leaves the others: a masked store is slow on some processors. All must lie in the segment. */
    static void store(FloatVector x, MemorySegment to, long offset, VectorMask<Float> lanes) {
        FloatVector.fromMemorySegment(SPECIES, to, offset, ORDER).blend(x, lanes).intoMemorySegment(to, offset, ORDER);
    }

    /** Elements rounded up to whole vectors. */
    static int roundUp(int elements) {
        return (elements + COUNT - 1) / COUNT * COUNT;
    }
}
