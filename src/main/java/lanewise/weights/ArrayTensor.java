package lanewise.weights;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A tensor whose values are in memory. */
final class ArrayTensor implements WeightTensor {
    private final String name;
    private final float[] values;
    private final List<Integer> dims;

    /** Keeps {@code values}. */
    ArrayTensor(String name, float[] values, List<Integer> dims) {
        this.name = name;
        this.values = values;
        this.dims = List.copyOf(dims);
        if (dims.stream().anyMatch(extent -> extent < 0) || elements() != values.length) {
            throw new IllegalArgumentException(name + ": " + values.length + " values for " + Misfits.shape(dims));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Integer> dims() {
        return dims;
    }

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public void read(MemorySegment destination) {
        Elements.checkSize(destination, values.length);
        destination.copyFrom(MemorySegment.ofArray(values));
    }
}
