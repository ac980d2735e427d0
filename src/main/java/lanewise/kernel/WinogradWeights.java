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
        Piece piece = new Piece(form, Math.min(depth, PIECE) * rows);
        float[][] channel = new float[rows][depth * form.filterTaps()];
        for (int p = 0; p < panelsPerElement; p++) {
            for (int r = 0; r < rows; r++) {
                int o = p * rows + r;
                if (o < outputs) {
                    MemorySegment.copy(weights, FLOAT, 4L * o * channel[r].length, channel[r], 0, channel[r].length);
                } else {
                    Arrays.fill(channel[r], 0);
                }
            }
            for (int first = 0; first < depth; first += PIECE) {
                int count = Math.min(PIECE, depth - first);
                for (int i = 0; i < count; i++) {
                    int k = first + i;
                    piece.put(channel, (k % channels * taps + k / channels) * form.filterTaps(), i * rows);
                }
                piece.transform(count * rows);
                for (int e = 0; e < elements; e++) {
                    MemorySegment.copy(piece.elements[e], 0, panels[e * panelsPerElement + p], FLOAT, 4L * first * rows,
                            count * rows);
                }
            }
        }
        return new WinogradWeights(form, panels, Panels.copy(memory, bias, outputs), rows, depth);
    }

    /** Filters that are transformed together, each array one of their taps or elements: loops over these are fast at once. */
    private static final class Piece {
        private final Winograd form;
        private final double[][] taps;
        private final double[][] half;
        private final double[] element;
        final float[][] elements;

        Piece(Winograd form, int filters) {
            this.form = form;
            taps = new double[form.filterTaps()][filters];
            half = new double[form.filter().inputs() * MinimalFilter.TAPS][filters];
            element = new double[filters];
            elements = new float[form.elements()][filters];
        }

        /** Puts one filter of each channel, which lies from {@code from} on in it, side by side. */
        void put(float[][] channels, int from, int to) {
            for (int r = 0; r < channels.length; r++) {
                for (int tap = 0; tap < taps.length; tap++) {
                    taps[tap][to + r] = channels[r][from + tap];
                }
            }
        }

        /** Down the columns of the filters first, in space, then along the rows; computed in double and rounded once. */
        void transform(int filters) {
            MinimalFilter filter = form.filter();
            int inputs = filter.inputs();
            int rows = form.spatial() ? inputs : 1;
            for (int x = 0; form.spatial() && x < MinimalFilter.TAPS; x++) {
                for (int e = 0; e < inputs; e++) {
                    filter.filter(e, taps[x], taps[MinimalFilter.TAPS + x], taps[2 * MinimalFilter.TAPS + x],
                            half[e * MinimalFilter.TAPS + x], filters);
                }
            }
            double[][] from = form.spatial() ? half : taps;
            for (int row = 0; row < rows; row++) {
                for (int e = 0; e < inputs; e++) {
                    int at = row * MinimalFilter.TAPS;
                    filter.filter(e, from[at], from[at + 1], from[at + 2], element, filters);
                    round(element, elements[row * inputs + e], filters);
                }
            }
        }

        private static void round(double[] from, float[] to, int count) {
            for (int i = 0; i < count; i++) {
                to[i] = (float) from[i];
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
    }
}
