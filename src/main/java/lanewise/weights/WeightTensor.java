package lanewise.weights;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/** One named tensor of a checkpoint: name, extents, element type; its values are read only when asked. */
public interface WeightTensor {
    /**
     * A tensor in memory.
     *
     * @param values the elements, row-major; copied
     * @param dims the extents, outermost first; none for a scalar
     */
    static WeightTensor of(String name, float[] values, int... dims) {
        return new ArrayTensor(name, values.clone(), IntStream.of(dims).boxed().toList());
    }

    /** The full name, with dots, as {@code layer1.0.conv1.weight}. */
    String name();

    /** The extents, outermost first; unmodifiable, empty for a scalar. */
    List<Integer> dims();

    /** The type of the elements as stored; {@link #read} converts them to float32. */
    DType dtype();

    /** This tensor by another name. */
    default WeightTensor renamed(String name) {
        return name.equals(name()) ? this : new Renamed(name, this);
    }

    /** The product of the extents, 1 for a scalar. */
    default long elements() {
        if (dims().contains(0)) {
            return 0;
        }
        long product = 1;
        for (int extent : dims()) {
            product = Math.multiplyExact(product, extent);
        }
        return product;
    }

    /**
     * Writes the elements, row-major, as float32 in native byte order. Each is the float32 nearest to the stored value,
     * ties to even; {@link DType#BOOL} gives 0 and 1.
     *
     * @param destination a segment of exactly {@code 4 * elements()} bytes
     * @throws WeightException if the values cannot be read
     * @throws IllegalArgumentException if the segment has another size
     */
    void read(MemorySegment destination) throws WeightException;

    /**
     * The elements, row-major, as float32.
     *
     * @throws WeightException if the values cannot be read, or are more than a Java array holds
     */
    default float[] toArray() throws WeightException {
        long elements = elements();
        if (elements > Integer.MAX_VALUE - 8) {
            throw new WeightException(name(), "", "at most " + (Integer.MAX_VALUE - 8) + " elements for a Java array",
                    elements + " elements", "read it into a memory segment");
        }
        float[] values = new float[(int) elements];
        read(MemorySegment.ofArray(values));
        return values;
    }
}
