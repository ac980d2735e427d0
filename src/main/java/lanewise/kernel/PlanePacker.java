package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * Copies the planes that a band of output rows reads, with their padding and split into {@link Phases} along both axes:
 * [kernel frame][phase of rows][phase of columns][channel of the group][row][column].
 *
 * <p>Rows lie {@link #pitch()} elements apart, one set of zeros between two of them serving as right border of one and left
 * border of the next. An output pixel at row y and column x then is position {@code y * pitch + x}, and each product reads
 * at one fixed distance from it. A plane is written in ascending order and in whole vectors: what is written beyond the end
 * of a row is overwritten by the next, and a vector of room lies behind the last.
 */
final class PlanePacker {
    /** Planes lie an odd number of cache lines apart, or the loads of many channels would meet in one cache set. */
    private static final int LINE = 16;

    private final ConvGeometry geometry;
    private final Phases vertical;
    private final Phases horizontal;
    private final int pitch;
    private final long planeElements;

    /** @param rows output rows of the largest band */
    PlanePacker(ConvGeometry geometry, int rows) {
        this.geometry = geometry;
        Dims kernel = geometry.kernel();
        Dims stride = geometry.stride();
        Dims padding = geometry.padding();
        Dims dilation = geometry.dilation();
        Shape in = geometry.in();
        vertical = new Phases(in.h(), kernel.h(), stride.h(), padding.h(), dilation.h());
        horizontal = new Phases(in.w(), kernel.w(), stride.w(), padding.w(), dilation.w());
        pitch = Math.max(geometry.out().w(), (int) Math.ceilDiv((long) in.w() + padding.w(), (long) stride.w()));
        long lines = Math.ceilDiv((long) slots(rows) * pitch + horizontal.mostLead() + COUNT, (long) LINE);
        planeElements = LINE * (lines | 1);
    }

    /** Elements from one row of positions to the next. */
    int pitch() {
        return pitch;
    }

    /** Bytes of all planes, and of what the last tile reads behind them. */
    long bytes() {
        return 4 * plane(geometry.kernel().t(), 0, 0) * planeElements + 4L * Tile.pixels();
    }

    /** For each product of a sum the bytes from the planes' start to what position 0 reads. */
    int[] offsets() {
        Dims kernel = geometry.kernel();
        int channels = geometry.groupChannels();
        int[] offsets = new int[geometry.depth()];
        int k = 0;
        for (int kt = 0; kt < kernel.t(); kt++) {
            for (int ky = 0; ky < kernel.h(); ky++) {
                for (int kx = 0; kx < kernel.w(); kx++) {
                    long element = (long) vertical.element(ky) * pitch + horizontal.element(kx);
                    for (int i = 0; i < channels; i++) {
                        long plane = plane(kt, vertical.phase(ky), horizontal.phase(kx)) + i;
                        offsets[k++] = Math.toIntExact(4 * (plane * planeElements + element));
                    }
                }
            }
        }
        return offsets;
    }

    /** The plane of a group's first channel. */
    private long plane(int kt, int rowPhase, int columnPhase) {
        return (((long) kt * vertical.count() + rowPhase) * horizontal.count() + columnPhase) * geometry.groupChannels();
    }

    /** Rows of a phase that a band of output rows reads. */
    private int slots(int rows) {
        return rows + vertical.element(geometry.kernel().h() - 1);
    }

    /**
     * Packs the planes for output rows {@code first} to {@code first + rows - 1} of one frame and group.
     *
     * @param planes at least {@link #bytes()}
     */
    void pack(MemorySegment input, int sample, int frame, int group, int first, int rows, MemorySegment planes) {
        Shape in = geometry.in();
        long firstChannel = (long) sample * in.c() + group * geometry.groupChannels();
        for (int kt = 0; kt < geometry.kernel().t(); kt++) {
            long t = (long) frame * geometry.stride().t() - geometry.padding().t() + (long) kt * geometry.dilation().t();
            boolean exists = t >= 0 && t < in.t();
            long source = exists ? (firstChannel * in.t() + t) * in.h() * in.w() : 0;
            for (int fv = 0; fv < vertical.count(); fv++) {
                int slots = slots(rows);
                int above = exists ? Math.clamp(vertical.lead(fv) - first, 0, slots) : slots;
                int end = Math.clamp((long) vertical.lead(fv) + vertical.inside(fv) - first, above, slots);
                long row = source + vertical.place(fv, first + above) * in.w();
                for (int fh = 0; fh < horizontal.count(); fh++) {
                    long from = 4 * (row + horizontal.place(fh, horizontal.lead(fh)));
                    packPhase(input, from, fh, above, end - above, slots - end, planes, 4 * plane(kt, fv, fh) * planeElements);
                }
            }
        }
    }

    /** One phase of each channel: zeros for the rows above the map, the rows inside it, and zeros below. */
    private void packPhase(MemorySegment input, long from, int phase, int above, int inside, int below, MemorySegment planes,
            long to) {
        int stride = geometry.stride().w();
        int lead = horizontal.lead(phase);
        int length = horizontal.inside(phase);
        long rowBytes = 4L * geometry.in().w() * geometry.stride().h();
        long pitchBytes = 4L * pitch;
        int margin = horizontal.mostLead();
        int behind = pitch - lead - length + margin;
        for (int i = 0; i < geometry.groupChannels(); i++) {
            zeros(planes, to, above * pitch + margin);
            long at = to + above * pitchBytes + 4L * lead;
            if (stride == 1) {
                copyRows(input, from, rowBytes, inside, length, planes, at, pitchBytes, behind);
            } else {
                int wide = stride == 2 ? wideRows(input.byteSize() - from, rowBytes, inside, length) : 0;
                copyEverySecond(input, from, rowBytes, wide, length, planes, at, pitchBytes, behind);
                copyStrided(input, from + wide * rowBytes, stride, rowBytes, inside - wide, length, planes, at + wide * pitchBytes,
                        pitchBytes, behind);
            }
            zeros(planes, at + inside * pitchBytes, below * pitch - lead + margin);
            from += 4L * geometry.in().plane();
            to += 4 * planeElements;
        }
    }

    /** Rows at whose ends {@link #copyEverySecond} reads on, but not beyond the tensor. */
    private static int wideRows(long room, long rowBytes, int rows, int length) {
        long spare = room - 8L * Lanes.roundUp(length);
        return spare < 0 ? 0 : (int) Math.min(rows, spare / rowBytes + 1);
    }

    private static void zeros(MemorySegment planes, long to, int length) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < length; i += COUNT) {
            zero.intoMemorySegment(planes, to + 4L * i, ORDER);
        }
    }

    /** Copies rows of adjacent elements, each followed by zeros, the first few of which come from the last vector's mask. */
    private static void copyRows(MemorySegment input, long from, long rowBytes, int rows, int length, MemorySegment planes,
            long to, long pitchBytes, int behind) {
        int whole = length - length % COUNT;
        VectorMask<Float> tail = SPECIES.indexInRange(0, length - whole);
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < whole; i += COUNT) {
                FloatVector.fromMemorySegment(SPECIES, input, from + 4L * i, ORDER).intoMemorySegment(planes, to + 4L * i, ORDER);
            }
            int done = whole;
            if (whole < length) {
                FloatVector.fromMemorySegment(SPECIES, input, from + 4L * whole, ORDER, tail)
                        .intoMemorySegment(planes, to + 4L * whole, ORDER);
                done += COUNT;
            }
            for (; done < length + behind; done += COUNT) {
                zero.intoMemorySegment(planes, to + 4L * done, ORDER);
            }
            from += rowBytes;
            to += pitchBytes;
        }
    }

    private static void copyEverySecond(MemorySegment input, long from, long rowBytes, int rows, int length,
            MemorySegment planes, long to, long pitchBytes, int behind) {
        int whole = length - length % COUNT;
        VectorMask<Float> tail = SPECIES.indexInRange(0, length - whole);
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < whole; i += COUNT) {
                Deinterleave.even(input, from + 8L * i).intoMemorySegment(planes, to + 4L * i, ORDER);
            }
            int done = whole;
            if (whole < length) {
                zero.blend(Deinterleave.even(input, from + 8L * whole), tail).intoMemorySegment(planes, to + 4L * whole, ORDER);
                done += COUNT;
            }
            for (; done < length + behind; done += COUNT) {
                zero.intoMemorySegment(planes, to + 4L * done, ORDER);
            }
            from += rowBytes;
            to += pitchBytes;
        }
    }

    private static void copyStrided(MemorySegment input, long from, int stride, long rowBytes, int rows, int length,
            MemorySegment planes, long to, long pitchBytes, int behind) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < length; i++) {
                planes.set(FLOAT, to + 4L * i, input.get(FLOAT, from + 4L * i * stride));
            }
            zeros(planes, to + 4L * length, behind);
            from += rowBytes;
            to += pitchBytes;
        }
    }
}
