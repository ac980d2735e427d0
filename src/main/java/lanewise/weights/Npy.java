package lanewise.weights;

import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;

/**
 * Reads and writes single arrays in NumPy's {@code .npy} format, versions 1.0 to 3.0
 * (source: NumPy Enhancement Proposal 1 and {@code numpy/lib/format.py}).
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** NumPy's own limit for headers it does not trust. */
    private static final int LONGEST_HEADER = 10_000;

    private static final int ALIGNMENT = 64;
    private static final String CURE = "write it with numpy.save(path, array.astype('<f4'))";

    private Npy() {}

    /**
     * Reads an array of floating-point numbers, integers or booleans as float32, each value rounded to the nearest.
     * Five axes are N C T H W, four N C H W, three one picture C H W, two N C, one a single vector.
     *
     * @param arena owns the memory of the tensor
     * @throws WeightException if there is no such file, or it is not a complete array of that kind
     */
    public static Tensor read(Arena arena, Path path) throws WeightException {
        try (FileBytes file = FileBytes.open(path)) {
            return read(arena, file);
        }
    }

    /** The extents of an array as they are stored, none for a scalar: the axes that {@link #read} would add are not there. */
    public static List<Integer> dims(Path path) throws WeightException {
        try (FileBytes file = FileBytes.open(path)) {
            return header(file, new Cursor(file, "npy header", 0, file.size())).dims();
        }
    }

    private static Tensor read(Arena arena, FileBytes file) throws WeightException {
        Cursor in = new Cursor(file, "npy header", 0, file.size());
        NpyHeader header = header(file, in);
        Shape shape = shape(file, header.dims());
        long bytes = shape.elements() * (long) header.dtype().bytes();
        if (bytes != file.size() - in.position()) {
            throw file.fault("data", bytes + " bytes for " + header.dtype() + " " + Misfits.shape(header.dims()),
                    (file.size() - in.position()) + " bytes", "the file is cut short or damaged");
        }
        List<Long> strides = header.fortranOrder()
                ? StoredTensor.rowMajor(header.dims().reversed()).reversed()
                : StoredTensor.rowMajor(header.dims());
        Tensor tensor = Tensor.allocate(arena, shape);
        new StoredTensor(file, StoredTensor.Check.NONE, "data", header.dims(), header.dtype(), header.order(), in.position(),
                strides).read(tensor.data());
        return tensor;
    }

    private static NpyHeader header(FileBytes file, Cursor in) throws WeightException {
        if (!Arrays.equals(in.bytes(MAGIC.length), MAGIC)) {
            throw file.fault("start", "a NumPy array file", "something else", CURE);
        }
        int major = in.u8();
        int minor = in.u8();
        if (major < 1 || major > 3 || minor != 0) {
            throw file.fault("version", "1.0, 2.0 or 3.0", major + "." + minor, CURE);
        }
        long length = major == 1 ? in.u16() : in.u32();
        if (length > LONGEST_HEADER) {
            throw in.fault("a header of at most " + LONGEST_HEADER + " bytes", Long.toString(length));
        }
        return NpyHeader.parse(file, in.text(length));
    }

    /**
     * Writes a tensor as version 1.0, {@code <f4}, in C order. Reading it gives the same shape: two axes for a batch of
     * vectors, four for pictures, else five. The file appears complete or not at all.
     */
    public static void write(Path path, Tensor tensor) throws WeightException {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': ("
                + IntStream.of(dims(tensor.shape())).mapToObj(String::valueOf).collect(Collectors.joining(", ")) + "), }";
        int unpadded = MAGIC.length + 4 + header.length() + 1;
        int length = header.length() + 1 + Math.floorMod(-unpadded, ALIGNMENT);
        byte[] start = Arrays.copyOf(MAGIC, MAGIC.length + 4);
        start[MAGIC.length] = 1;
        start[MAGIC.length + 2] = (byte) length;
        start[MAGIC.length + 3] = (byte) (length >> Byte.SIZE);
        String padded = header + " ".repeat(length - header.length() - 1) + "\n";
        try (FloatFile file = FloatFile.create(path)) {
            file.write(start);
            file.write(padded.getBytes(StandardCharsets.US_ASCII));
            file.write(tensor.data(), "data", DType.F32);
            file.commit();
        }
    }

    private static Shape shape(FileBytes file, List<Integer> dims) throws WeightException {
        List<Integer> axes = new ArrayList<>(dims);
        if (axes.size() == 1 || axes.size() == 3) {
            axes.addFirst(1);
        }
        if (axes.isEmpty() || axes.size() > 5) {
            throw file.fault("shape", "one to five axes", Misfits.shape(dims), "reshape the array");
        }
        try {
            return Shape.of(axes.stream().mapToInt(Integer::intValue).toArray());
        } catch (IllegalArgumentException e) {
            throw file.fault("shape", "at most 2^31 - 2^16 elements", Misfits.shape(dims), "split the array");
        }
    }

    private static int[] dims(Shape shape) {
        if (shape.t() == 1) {
            return shape.h() == 1 && shape.w() == 1
                    ? new int[] {shape.n(), shape.c()}
                    : new int[] {shape.n(), shape.c(), shape.h(), shape.w()};
        }
        return new int[] {shape.n(), shape.c(), shape.t(), shape.h(), shape.w()};
    }
}
