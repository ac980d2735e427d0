package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Arrays;
import lanewise.tensor.Dims;

/**
 * Convolution weights transformed by a {@link Winograd} form, in the order in which {@link WinogradConv} reads them:
 * [element][panel][depth][rows], with the bias.
 */
public final class WinogradWeights {
    /** Products of a panel that are transformed together, so that the elements of all lie in the second-level cache. */
    private static final int PIECE = 64;

    private final Winograd form;
    private final MemorySegment[] panels;
    private final MemorySegment bias;
    private final int rows;
    private final int panelsPerElement;
    private final int depth;

    private WinogradWeights(Winograd form, MemorySegment[] panels, MemorySegment bias, int rows, int depth) {
        this.form = form;
        this.panels = panels;
        this.bias = bias;
        this.rows = rows;
        this.depth = depth;
        panelsPerElement = panels.length / form.elements();
    }

    /** Bytes that {@link #pack} takes. */
    public static long bytes(int outputs, int channels, Dims kernel, Winograd form, int rows) {
        long padded = (long) Math.ceilDiv(outputs, rows) * rows;
        return Panels.bytes(form.elements() * padded * channels * form.taps(kernel)) + Panels.bytes(outputs);
    }

    /**
     * Transforms weights, all finite, into panels of {@code rows} output channels, zeros behind the last channel.
     *
     * @param weights float32 O I T H W
     * @param bias float32, one per output channel
     */
    public static WinogradWeights pack(SegmentAllocator memory, MemorySegment weights, MemorySegment bias, int outputs,
            int channels, Dims kernel, Winograd form, int rows) {
        int elements = form.elements();
        int taps = form.taps(kernel);
        int depth = taps * channels;
        int panelsPerElement = Math.ceilDiv(outputs, rows);
        MemorySegment[] panels = Panels.allocate(memory, elements * panelsPerElement, depth * rows);
        float[] filter = new float[kernel.volume() / taps];
        int most = Math.min(depth, PIECE);
        float[] piece = new float[elements * most * rows];
        double[] half = new double[elements];
        for (int p = 0; p < panelsPerElement; p++) {
            for (int first = 0; first < depth; first += PIECE) {
                int count = Math.min(PIECE, depth - first);
                Arrays.fill(piece, 0);
                for (int o = p * rows; o < Math.min(outputs, (p + 1) * rows); o++) {
                    for (int i = 0; i < count; i++) {
                        int k = first + i;
                        long from = 4L * (((long) o * channels + k % channels) * taps + k / channels) * filter.length;
                        MemorySegment.copy(weights, FLOAT, from, filter, 0, filter.length);
                        transform(form, filter, half, piece, i * rows + o % rows, most * rows);
                    }
                }
                for (int e = 0; e < elements; e++) {
                    MemorySegment.copy(piece, e * most * rows, panels[e * panelsPerElement + p], FLOAT, 4L * first * rows,
                            count * rows);
                }
            }
        }
        return new WinogradWeights(form, panels, Panels.copy(memory, bias, outputs), rows, depth);
    }

    /** Element e of the filter at {@code to[at + e * step]}, each computed in double and rounded once. */
    private static void transform(Winograd form, float[] g, double[] half, float[] to, int at, int step) {
        MinimalFilter filter = form.filter();
        int inputs = filter.inputs();
        if (!form.spatial()) {
            for (int e = 0; e < inputs; e++) {
                to[at + e * step] = (float) filter.filter(e, g[0], g[1], g[2]);
            }
            return;
        }
        for (int x = 0; x < MinimalFilter.TAPS; x++) {
            for (int e = 0; e < inputs; e++) {
                half[e * MinimalFilter.TAPS + x] = filter.filter(e, g[x], g[MinimalFilter.TAPS + x], g[2 * MinimalFilter.TAPS + x]);
            }
        }
        for (int row = 0; row < inputs; row++) {
            int from = row * MinimalFilter.TAPS;
            for (int e = 0; e < inputs; e++) {
                to[at + (row * inputs + e) * step] = (float) filter.filter(e, half[from], half[from + 1], half[from + 2]);
            }
        }
    }

    Winograd form() {
        return form;
    }

    /** Products in each sum: input channels times the taps that are not transformed, taps outermost. */
    int depth() {
        return depth;
    }

    int rows() {
        return rows;
    }

    int panels() {
        return panelsPerElement;
    }

    /** Element {@code e} for {@code rows} channels, [depth][rows]. */
    MemorySegment panel(int e, int panel) {
        return panels[e * panelsPerElement + panel];
    }

    /** Element {@code e} of output channel {@code o} at position {@code k} of its sum. */
    float at(int e, int o, int k) {
        return panel(e, o / rows).getAtIndex(FLOAT, (long) k * rows + o % rows);
    }

    MemorySegment biases() {
        return bias;
    }

    float bias(int o) {
        return bias.getAtIndex(FLOAT, o);
    }}
