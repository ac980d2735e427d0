package lanewise.kernel;

import static lanewise.kernel.F43.INPUTS;
import static lanewise.kernel.F43.TAPS;
import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import lanewise.tensor.Dims;

/**
 * Convolution weights transformed by {@link F43} along one axis, in the order in which {@link AxisWinograd} reads them:
 * [element][panel][depth][rows]. Made from {@link ConvWeights}, whose bias they share.
 */
public final class WinogradWeights {
    private final ConvWeights direct;
    private final Axis axis;
    private final MemorySegment[] panels;
    private final int panelsPerElement;
    private final int depth;

    private WinogradWeights(ConvWeights direct, Axis axis, MemorySegment[] panels, int panelsPerElement, int depth) {
        this.direct = direct;
        this.axis = axis;
        this.panels = panels;
        this.panelsPerElement = panelsPerElement;
        this.depth = depth;
    }

    /**
     * @param direct the weights, all finite
     * @param geometry a convolution of theirs that has this form along {@code axis}; its map does not matter
     */
    public static WinogradWeights transform(Arena arena, ConvWeights direct, ConvGeometry geometry, Axis axis) {
        Dims kernel = geometry.kernel();
        int channels = geometry.groupChannels();
        int outputs = geometry.outChannels();
        int rows = direct.rows();
        int depth = channels * kernel.volume() / TAPS;
        int panelsPerElement = (outputs + rows - 1) / rows;
        MemorySegment[] panels = Panels.allocate(arena, INPUTS * panelsPerElement, depth * rows);
        int step = channels * (axis == Axis.TIME ? kernel.h() * kernel.w() : kernel.w()) * rows;
        float[] taps = new float[TAPS * depth * rows];
        float[][] elements = new float[INPUTS][depth * rows];
        for (int p = 0; p < panelsPerElement; p++) {
            Panels.read(direct.panel(0, p), taps);
            for (int at = 0; at < depth * rows; at += step) {
                filters(taps, TAPS * at, step, elements, at);
            }
            for (int e = 0; e < INPUTS; e++) {
                Panels.fill(panels[e * panelsPerElement + p], elements[e]);
            }
        }
        return new WinogradWeights(direct, axis, panels, panelsPerElement, depth);
    }

    /** Transforms {@code count} filters whose taps lie {@code count} apart. */
    private static void filters(float[] taps, int from, int count, float[][] elements, int to) {
        for (int i = 0; i < count; i++) {
            F43.filter(taps[from + i], taps[from + count + i], taps[from + 2 * count + i], elements, to + i);
        }
    }

    Axis axis() {
        return axis;
    }

    /** Products in each of the six sums: input channels times the taps along the other axes, taps outermost. */
    int depth() {
        return depth;
    }

    int rows() {
        return direct.rows();
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
        return panel(e, o / rows()).getAtIndex(FLOAT, (long) k * rows() + o % rows());
    }

    MemorySegment biases() {
        return direct.biases();
    }

    float bias(int o) {
        return direct.bias(o);
    }

    /** Bytes held beside the direct weights. */
    public long bytes() {
        return 4L * panels.length * depth * rows();
    }
}
