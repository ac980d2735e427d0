package lanewise.kernel;

import static lanewise.kernel.Lanes.BYTES;
import static lanewise.kernel.Lanes.COUNT;
import static lanewise.kernel.Floats.FLOAT;
import static lanewise.kernel.Lanes.ORDER;
import static lanewise.kernel.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/**
 * Gathers what a panel of output pixels reads into [depth][pixels], zeros where padding lies.
 *
 * <p>Output pixels are numbered over the whole batch, so panels cross rows, frames and samples and only the very last
 * one is ragged. For one kernel tap the panel's sources are a few runs of equally spaced input elements, the same for
 * every channel: they are found once per tap and then copied channel by channel. Where maps keep their size, that is two
 * vectors at one place with the lanes outside the map blended to zero. Elsewhere a run is copied in whole vectors; what
 * is written beyond its end is overwritten by the next run, row or panel, all of which lie behind it in memory.
 */
final class PixelPacker {
    /** Ints of run storage: position, source and length for each pixel of the widest panel. */
    static final int RUN_INTS = 3 * 16 * Tile.VECTORS;

    /** Bytes behind the last panel that copies in whole vectors may touch. */
    static final long SLACK = BYTES;

    private static final int ZEROS = -1;

    private final ConvGeometry geometry;
    private final Shape out;
    private final int total;
    /** Whether maps keep their size, so that each tap reads at one fixed distance from the output pixel. */
    private final boolean sameMap;

    PixelPacker(ConvGeometry geometry) {
        this.geometry = geometry;
        this.out = geometry.out();
        this.total = out.n() * out.plane();
        this.sameMap = geometry.stride().equals(Dims.ONE) && out.map().equals(geometry.in().map());
    }

    /** Bytes of one packed panel. */
    long panelBytes() {
        return (long) geometry.depth() * Tile.pixels() * Float.BYTES;
    }

    /** Packs the panel that starts at output pixel {@code first}; up to one vector behind it is overwritten too. */
    void pack(MemorySegment input, int group, int first, MemorySegment panel, long panelOffset, int[] runs) {
        Dims kernel = geometry.kernel();
        int channels = geometry.groupChannels();
        long rowBytes = (long) Tile.pixels() * Float.BYTES;
        long at = panelOffset;
        boolean oneSample = sameMap && first / out.plane() == (Math.min(first + Tile.pixels(), total) - 1) / out.plane();
        for (int kt = 0; kt < kernel.t(); kt++) {
            for (int ky = 0; ky < kernel.h(); ky++) {
                for (int kx = 0; kx < kernel.w(); kx++) {
                    int count = findRuns(first, kt, ky, kx, runs);
                    long source = oneSample ? firstSource(group, first, kt, ky, kx) : -1;
                    if (inBounds(source)) {
                        copyMasked(input, 4 * source, 4L * geometry.in().plane(), channels, panel, at, covered(runs, count));
                    } else {
                        copyChannels(input, group, panel, at, runs, count);
                    }
                    at += channels * rowBytes;
                }
            }
        }
    }

    /** Where a tap reads the group's first channel for output pixel {@code first}, in a map that keeps its size. */
    private long firstSource(int group, int first, int kt, int ky, int kx) {
        Shape in = geometry.in();
        long plane = ((long) (first / in.plane()) * in.c() + group * geometry.groupChannels()) * in.plane();
        long t = (long) kt * geometry.dilation().t() - geometry.padding().t();
        long y = (long) ky * geometry.dilation().h() - geometry.padding().h();
        long x = (long) kx * geometry.dilation().w() - geometry.padding().w();
        return plane + first % in.plane() + (t * in.h() + y) * in.w() + x;
    }

    /** Whether a whole panel can be read from {@code source} on in every channel of a group. */
    private boolean inBounds(long source) {
        long last = source + (geometry.groupChannels() - 1L) * geometry.in().plane();
        return source >= 0 && last + Tile.pixels() <= geometry.in().elements();
    }

    /** One bit for each pixel of the panel: whether its source lies inside the map. */
    private static long covered(int[] runs, int count) {
        long bits = 0;
        for (int r = 0; r < count; r++) {
            if (runs[3 * r + 1] != ZEROS) {
                bits |= -1L >>> Long.SIZE - runs[3 * r + 2] << runs[3 * r];
            }
        }
        return bits;
    }

    /**
     * Copies whole rows from one place a channel, zeros where {@code covered} has none: at the left and right border the
     * place holds a neighbour of another row.
     */
    private static void copyMasked(MemorySegment input, long from, long planeBytes, int channels, MemorySegment panel, long at,
            long covered) {
        VectorMask<Float> lowInside = VectorMask.fromLong(SPECIES, covered);
        VectorMask<Float> highInside = VectorMask.fromLong(SPECIES, covered >>> COUNT);
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int c = 0; c < channels; c++) {
            FloatVector low = FloatVector.fromMemorySegment(SPECIES, input, from, ORDER);
            FloatVector high = FloatVector.fromMemorySegment(SPECIES, input, from + BYTES, ORDER);
            zero.blend(low, lowInside).intoMemorySegment(panel, at, ORDER);
            zero.blend(high, highInside).intoMemorySegment(panel, at + BYTES, ORDER);
            from += planeBytes;
            at += 2L * BYTES;
        }
    }

    /** Fills {@code runs} with (position in the panel, source element or ZEROS, length) and returns how many there are. */
    private int findRuns(int first, int kt, int ky, int kx, int[] runs) {
        Shape in = geometry.in();
        int stride = geometry.stride().w();
        int count = 0;
        int end = Tile.pixels();
        int position = 0;
        int pixel = first;
        int x = pixel % out.w();
        int row = pixel / out.w();
        while (position < end && pixel < total) {
            int length = Math.min(end - position, out.w() - x);
            int y = row % out.h();
            int frame = row / out.h();
            int inT = frame % out.t() * geometry.stride().t() - geometry.padding().t() + kt * geometry.dilation().t();
            int inY = y * geometry.stride().h() - geometry.padding().h() + ky * geometry.dilation().h();
            int inX = x * stride - geometry.padding().w() + kx * geometry.dilation().w();
            if (inT < 0 || inT >= in.t() || inY < 0 || inY >= in.h()) {
                count = addZeros(runs, count, position, length);
            } else {
                int lead = Math.clamp(inX < 0 ? Math.ceilDiv(-inX, stride) : 0, 0, length);
                int inside = Math.clamp(inX < in.w() ? Math.ceilDiv((long) in.w() - inX, stride) : 0, lead, length);
                int sample = frame / out.t();
                int source = ((sample * in.c() * in.t() + inT) * in.h() + inY) * in.w() + inX + lead * stride;
                count = addZeros(runs, count, position, lead);
                count = addCopy(runs, count, position + lead, source, inside - lead);
                count = addZeros(runs, count, position + inside, length - inside);
            }
            position += length;
            pixel += length;
            x = 0;
            row++;
        }
        return addZeros(runs, count, position, end - position);
    }

    private static int addZeros(int[] runs, int count, int position, int length) {
        if (length == 0) {
            return count;
        }
        if (count > 0 && runs[3 * count - 2] == ZEROS) {
            runs[3 * count - 1] += length;
            return count;
        }
        return add(runs, count, position, ZEROS, length);
    }

    private int addCopy(int[] runs, int count, int position, int source, int length) {
        if (length == 0) {
            return count;
        }
        boolean joins = count > 0 && runs[3 * count - 2] != ZEROS && geometry.stride().w() == 1
                && runs[3 * count - 2] + runs[3 * count - 1] == source;
        if (joins) {
            runs[3 * count - 1] += length;
            return count;
        }
        return add(runs, count, position, source, length);
    }

    private static int add(int[] runs, int count, int position, int source, int length) {
        runs[3 * count] = position;
        runs[3 * count + 1] = source;
        runs[3 * count + 2] = length;
        return count + 1;
    }

    /** Copies one tap's runs for every channel of the group. */
    private void copyChannels(MemorySegment input, int group, MemorySegment panel, long at, int[] runs, int count) {
        int channels = geometry.groupChannels();
        int plane = geometry.in().plane();
        int stride = geometry.stride().w();
        long rowBytes = (long) Tile.pixels() * Float.BYTES;
        int firstChannel = group * channels * plane;
        for (int c = 0; c < channels; c++) {
            int base = firstChannel + c * plane;
            for (int r = 0; r < count; r++) {
                long to = at + 4L * runs[3 * r];
                int source = runs[3 * r + 1];
                int length = runs[3 * r + 2];
                if (source == ZEROS) {
                    fillZeros(panel, to, length);
                } else if (stride == 1) {
                    copyRun(input, base + source, panel, to, length);
                } else if (stride == 2) {
                    copyEverySecond(input, base + source, panel, to, length);
                } else {
                    copyStrided(input, base + source, stride, panel, to, 0, length);
                }
            }
            at += rowBytes;
        }
    }

    private static void fillZeros(MemorySegment panel, long to, int length) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < length; i += COUNT) {
            zero.intoMemorySegment(panel, to + 4L * i, ORDER);
        }
    }

    private static void copyRun(MemorySegment input, int source, MemorySegment panel, long to, int length) {
        long from = 4L * source;
        if (from + 4L * Lanes.roundUp(length) > input.byteSize()) {
            copyStrided(input, source, 1, panel, to, 0, length);
            return;
        }
        for (int i = 0; i < length; i += COUNT) {
            FloatVector.fromMemorySegment(SPECIES, input, from + 4L * i, ORDER).intoMemorySegment(panel, to + 4L * i, ORDER);
        }
    }

    private static void copyEverySecond(MemorySegment input, int source, MemorySegment panel, long to, int length) {
        long from = 4L * source;
        int whole = 0;
        while (whole < length && from + 4L * (2 * whole + 2 * COUNT) <= input.byteSize()) {
            Deinterleave.even(input, from + 8L * whole).intoMemorySegment(panel, to + 4L * whole, ORDER);
            whole += COUNT;
        }
        copyStrided(input, source, 2, panel, to, whole, length);
    }

    private static void copyStrided(MemorySegment input, int source, int stride, MemorySegment panel, long to, int begin, int length) {
        for (int i = begin; i < length; i++) {
            panel.set(FLOAT, to + 4L * i, input.get(FLOAT, 4L * (source + i * stride)));
        }
    }
}
