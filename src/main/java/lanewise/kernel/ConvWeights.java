package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Arrays;
import lanewise.tensor.Dims;

/**
 * Convolution weights in the order in which a kernel reads them, with the bias. Independent of the size of the map, so
 * that plans for different inputs share them.
 *
 * <p>Products are summed in the order kernel frame, kernel row, kernel column, input channel ({@code k = tap * I + i}),
 * taps outermost: a pixel panel is then packed with one set of row addresses per tap.
 */
public final class ConvWeights {
    /** Values that are looked at together. */
    private static final int PIECE = 4096;

    private final MemorySegment[] panels;
    private final MemorySegment bias;
    private final int rows;
    private final int groupOutputs;
    private final int depth;
    private final boolean finite;

    private ConvWeights(MemorySegment[] panels, MemorySegment bias, int rows, int groupOutputs, int depth, boolean finite) {
        this.panels = panels;
        this.bias = bias;
        this.rows = rows;
        this.groupOutputs = groupOutputs;
        this.depth = depth;
        this.finite = finite;
    }

    /** Bytes that {@link #pack} takes. */
    public static long bytes(int outputs, int groupChannels, Dims kernel, int groups, int rows) {
        long padded = (long) groups * Math.ceilDiv(outputs / groups, rows) * rows;
        return Panels.bytes(padded * groupChannels * kernel.volume()) + Panels.bytes(outputs);
    }

    /**
     * Packs weights into panels of {@code rows} output channels, [group][panel][depth][rows], zeros behind the last
     * channel of a group.
     *
     * @param weights float32 O I T H W, {@code I} the channels of one group
     * @param bias float32, one per output channel
     */
    public static ConvWeights pack(SegmentAllocator memory, MemorySegment weights, MemorySegment bias, int outputs,
            int groupChannels, Dims kernel, int groups, int rows) {
        if (outputs % groups != 0) {
            throw new IllegalArgumentException(outputs + " output channels do not split into " + groups + " groups");
        }
        int groupOutputs = outputs / groups;
        int panelsPerGroup = (groupOutputs + rows - 1) / rows;
        int taps = kernel.volume();
        int depth = groupChannels * taps;
        MemorySegment[] panels = Panels.allocate(memory, groups * panelsPerGroup, depth * rows);
        float[] source = new float[depth * rows];
        float[] packed = new float[depth * rows];
        for (int p = 0; p < panels.length; p++) {
            int inGroup = p % panelsPerGroup * rows;
            int channels = Math.min(rows, groupOutputs - inGroup);
            long first = (long) (p / panelsPerGroup) * groupOutputs + inGroup;
            MemorySegment.copy(weights, FLOAT, 4 * first * depth, source, 0, channels * depth);
            Arrays.fill(source, channels * depth, source.length, 0f);
            reorder(source, groupChannels, taps, rows, packed);
            Panels.fill(panels[p], packed);
        }
        return new ConvWeights(panels, Panels.copy(memory, bias, outputs), rows, groupOutputs, depth, finite(weights));
    }

    /** [row][channel][tap] becomes [tap][channel][row]. */
    private static void reorder(float[] source, int channels, int taps, int rows, float[] target) {
        for (int i = 0; i < channels; i++) {
            for (int tap = 0; tap < taps; tap++) {
                Panels.gather(source, i * taps + tap, channels * taps, target, (tap * channels + i) * rows, rows);
            }
        }
    }

    /** Whether all float32 values are finite: see {@link #finite()}. */
    public static boolean finite(MemorySegment values) {
        float[] piece = new float[PIECE];
        long count = values.byteSize() / 4;
        boolean finite = true;
        for (long at = 0; at < count && finite; at += PIECE) {
            int length = (int) Math.min(PIECE, count - at);
            MemorySegment.copy(values, FLOAT, 4 * at, piece, 0, length);
            finite = finite(piece, length);
        }
        return finite;
    }

    /** Zero times a value that is not finite is NaN, and stays so in a sum. */
    private static boolean finite(float[] values, int length) {
        float sum = 0;
        for (int i = 0; i < length; i++) {
            sum += 0 * values[i];
        }
        return sum == 0;
    }

    /** The weight of output channel {@code o} at position {@code k} of its sum. */
    float at(int o, int k) {
        int inGroup = o % groupOutputs;
        return panel(o / groupOutputs, inGroup / rows).get(FLOAT, 4L * ((long) k * rows + inGroup % rows));
    }

    float bias(int o) {
        return bias.getAtIndex(FLOAT, o);
    }

    MemorySegment biases() {
        return bias;
    }

    /** The weights of {@code rows} channels of a group, [depth][rows]. */
    MemorySegment panel(int group, int panel) {
        return panels[group * panelsPerGroup() + panel];
    }

    int panelsPerGroup() {
        return (groupOutputs + rows - 1) / rows;
    }

    int rows() {
        return rows;
    }

    /**
     * Whether every weight is finite. Where one is not, zero padding must be skipped, not multiplied (infinity times
     * zero is NaN), which only {@link DirectConvScalar} does.
     */
    public boolean finite() {
        return finite;
    }
}
