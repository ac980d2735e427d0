package lanewise.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A float32 tensor in native memory, planar N C T H W, rows without gaps, little end first on every supported machine.
 * Whoever supplied the {@link Arena} owns the memory and decides which threads may touch it.
 *
 * @param shape the extents
 * @param data a native segment of exactly {@code shape.bytes()} bytes
 */
public record Tensor(Shape shape, MemorySegment data) {
    /** Tensors made here start on a cache line. */
    public static final int ALIGNMENT = 64;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    public Tensor {
        if (!data.isNative()) {
            throw new IllegalArgumentException("a tensor lives in native memory; copy the array with Tensor.of");
        }
        if (data.byteSize() != shape.bytes()) {
            throw new IllegalArgumentException(
                    "shape " + shape + " needs " + shape.bytes() + " bytes, the segment has " + data.byteSize());
        }
    }

    /** A tensor of zeros. */
    public static Tensor allocate(Arena arena, Shape shape) {
        return new Tensor(shape, arena.allocate(shape.bytes(), ALIGNMENT));
    }

    /** A copy of {@code values}, in row-major N C T H W order. */
    public static Tensor of(Arena arena, Shape shape, float... values) {
        if (values.length != shape.elements()) {
            throw new IllegalArgumentException(
                    "shape " + shape + " has " + shape.elements() + " elements, not " + values.length);
        }
        Tensor tensor = allocate(arena, shape);
        MemorySegment.copy(values, 0, tensor.data, FLOAT, 0, values.length);
        return tensor;
    }

    /** The element at a flat row-major index. */
    public float get(int index) {
        return data.getAtIndex(FLOAT, index);
    }

    public float get(int n, int c, int t, int y, int x) {
        return get(index(n, c, t, y, x));
    }

    public void set(int index, float value) {
        data.setAtIndex(FLOAT, index, value);
    }

    public void set(int n, int c, int t, int y, int x, float value) {
        set(index(n, c, t, y, x), value);
    }

    /** A view of one sample, of batch 1, on the same memory. */
    public Tensor sample(int n) {
        Shape one = shape.withBatch(1);
        return new Tensor(one, data.asSlice(Objects.checkIndex(n, shape.n()) * one.bytes(), one.bytes()));
    }

    public void copyFrom(Tensor source) {
        if (!source.shape.equals(shape)) {
            throw new IllegalArgumentException("cannot copy " + source.shape + " into " + shape);
        }
        data.copyFrom(source.data);
    }

    public float[] toArray() {
        return data.toArray(FLOAT);
    }

    private int index(int n, int c, int t, int y, int x) {
        Objects.checkIndex(n, shape.n());
        Objects.checkIndex(c, shape.c());
        Objects.checkIndex(t, shape.t());
        Objects.checkIndex(y, shape.h());
        Objects.checkIndex(x, shape.w());
        return (((n * shape.c() + c) * shape.t() + t) * shape.h() + y) * shape.w() + x;
    }

    @Override
    public String toString() {
        return "Tensor[" + shape + "]";
    }
}
