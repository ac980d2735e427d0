package lanewise.weights;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A tensor by another name than its file's, which stays in messages. */
record Renamed(String name, WeightTensor tensor) implements WeightTensor {
    @Override
    public List<Integer> dims() {
        return tensor.dims();
    }

    @Override
    public DType dtype() {
        return tensor.dtype();
    }

    @Override
    public void read(MemorySegment destination) throws WeightException {
        tensor.read(destination);
    }
}
