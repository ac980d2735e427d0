package lanewise.weights;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A tensor whose elements lie in a file, adjacent or with strides. The maker has checked that all of them lie inside
 * the file. Reading copies through a small window, so that it needs little memory whatever the size of the tensor.
 */
final class StoredTensor implements WeightTensor {
    /** Bytes read at once; a multiple of every element size. */
    private static final int WINDOW = 1 << 20;
    /** Bytes of one read without a window: a buffer holds fewer than 2<sup>31</sup>. */
    private static final long MOST_AT_ONCE = 1 << 30;

    private final FileBytes file;
    private final Check check;
    private final String name;
    private final List<Integer> dims;
    private final DType dtype;
    private final ByteOrder order;
    private final long position;
    private final List<Axis> axes;

    /** One extent above 1, with its steps in elements through the file and through the row-major destination. */
    private record Axis(int extent, long stride, long step) {}

    /** What must hold of the bytes before they are believed. */
    @FunctionalInterface
    interface Check {
        /** Holds always. */
        Check NONE = () -> { };

        void run() throws WeightException;
    }

    /** A tensor of adjacent elements, row-major, from byte {@code position} on. */
    static StoredTensor contiguous(
            FileBytes file, String name, List<Integer> dims, DType dtype, ByteOrder order, long position) {
        return new StoredTensor(file, Check.NONE, name, dims, dtype, order, position, rowMajor(dims));
    }

    /**
     * @param check is run whenever the tensor is read
     * @param position the byte where the first element starts
     * @param strides for each extent, the distance between neighbours in elements, not negative
     */
    StoredTensor(FileBytes file, Check check, String name, List<Integer> dims, DType dtype, ByteOrder order, long position,
            List<Long> strides) {
        this.file = file;
        this.check = check;
        this.name = name;
        this.dims = List.copyOf(dims);
        this.dtype = dtype;
        this.order = order;
        this.position = position;
        this.axes = axes(this.dims, strides);
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
        return dtype;
    }

    @Override
    public void read(MemorySegment destination) throws WeightException {
        Elements.checkSize(destination, elements());
        if (!dtype.readable()) {
            throw file.fault(name, "an element type that converts to float32", dtype.toString(),
                    "store the tensor as F32 or F16");
        }
        if (dtype == DType.F32 && order == ByteOrder.nativeOrder() && adjacent() && destination.isNative()) {
            readThrough(destination);
        } else {
            copy(Elements.into(destination, dtype));
        }
    }

    /** Elements that are stored as they are wanted need no window. */
    private void readThrough(MemorySegment destination) throws WeightException {
        check.run();
        for (long at = 0; at < destination.byteSize(); at += MOST_AT_ONCE) {
            long bytes = Math.min(MOST_AT_ONCE, destination.byteSize() - at);
            file.read(position + at, destination.asSlice(at, bytes).asByteBuffer(), name);
        }
    }

    private boolean adjacent() {
        return axes.stream().allMatch(axis -> axis.stride == axis.step);
    }

    /** Hands every element, as stored, to {@code sink}. */
    void copy(Elements.Sink sink) throws WeightException {
        check.run();
        long elements = elements();
        if (elements == 0) {
            return;
        }
        if (adjacent()) {
            Window window = new Window(elements);
            for (long index = 0; index < elements; index += window.capacity) {
                int at = window.at(index);
                sink.put(window.bytes, at, index, (int) Math.min(window.capacity, elements - index));
            }
        } else {
            gather(sink);
        }
    }

    /** Walks in the order of the file and puts each element where it belongs, so that the file is read once. */
    private void gather(Elements.Sink sink) throws WeightException {
        List<Axis> byStride = new ArrayList<>(axes);
        byStride.sort(Comparator.comparingLong(Axis::stride).reversed());
        long span = 1;
        boolean overlapping = false;
        for (Axis axis : byStride.reversed()) {
            overlapping |= axis.stride != 0 && axis.stride < span;
            span += (axis.extent - 1) * axis.stride;
        }
        Window window = new Window(span);
        if (overlapping && span > window.capacity) {
            throw file.fault(name, "elements that do not share memory", "an overlapping view of " + span + " elements",
                    "save tensor.contiguous()");
        }
        walk(byStride, 0, 0, window, sink);
    }

    private void walk(List<Axis> outer, long offset, long index, Window window, Elements.Sink sink)
            throws WeightException {
        if (outer.isEmpty()) {
            sink.put(window.bytes, window.at(offset), index, 1);
            return;
        }
        Axis axis = outer.getFirst();
        List<Axis> inner = outer.subList(1, outer.size());
        for (int i = 0; i < axis.extent; i++) {
            walk(inner, offset + i * axis.stride, index + i * axis.step, window, sink);
        }
    }

    static List<Long> rowMajor(List<Integer> dims) {
        Long[] strides = new Long[dims.size()];
        long stride = 1;
        for (int i = dims.size() - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims.get(i);
        }
        return List.of(strides);
    }

    private static List<Axis> axes(List<Integer> dims, List<Long> strides) {
        List<Long> steps = rowMajor(dims);
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            if (dims.get(i) > 1) {
                axes.add(new Axis(dims.get(i), strides.get(i), steps.get(i)));
            }
        }
        return List.copyOf(axes);
    }

    /** The part of the elements, counted from the first, that is in memory. */
    private final class Window {
        private final ByteBuffer bytes;
        private final int capacity;
        private final long span;
        private long start;
        private long end;

        Window(long span) {
            this.span = span;
            capacity = (int) Math.min(WINDOW / dtype.bytes(), span);
            bytes = ByteBuffer.allocate(capacity * dtype.bytes()).order(order);
        }

        /** The index of the byte where the element at {@code offset} starts; reads it and what follows if need be. */
        int at(long offset) throws WeightException {
            if (offset < start || offset >= end) {
                start = offset;
                end = Math.min(span, offset + capacity);
                int length = (int) (end - start) * dtype.bytes();
                file.read(position + start * dtype.bytes(), bytes.clear().limit(length), name);
                bytes.clear();
            }
            return (int) (offset - start) * dtype.bytes();
        }
    }
}
