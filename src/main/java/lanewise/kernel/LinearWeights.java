package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Arrays;

/**
 * Weights of a fully connected layer as pixel panels of the micro-kernel: [panel][in][outputs of the panel], zeros behind
 * the last output.
 */
public final class LinearWeights {
    private final MemorySegment[] panels;
    private final MemorySegment bias;
    private final int in;
    private final int out;
    private final int width;

    private LinearWeights(MemorySegment[] panels, MemorySegment bias, int in, int out,
            int width) {
        this.panels = panels;
        this.bias = bias;
        this.in = in;
        this.out = out;
        this.width = width;
    }

    /** Bytes that {@link #pack} takes. */
    public static long bytes(int in, int out, int width) {
        return Panels.bytes((long) in * Math.ceilDiv(out, width) * width) + Panels.bytes(out);
    }

    /**
     * @param weights float32, [out][in]
     * @param bias float32, [out]
     * @param width outputs in a panel: {@link Tile#pixels()} for {@link Linear}
     */
    public static LinearWeights pack(SegmentAllocator memory, MemorySegment weights, MemorySegment bias, int in, int out,
            int width) {
        MemorySegment[] panels = Panels.allocate(memory, (out + width - 1) / width, in * width);
        float[] source = new float[in * width];
        float[] packed = new float[in * width];
        for (int p = 0; p < panels.length; p++) {
            int outputs = Math.min(width, out - p * width);
            MemorySegment.copy(weights, FLOAT, 4L * p * width * in, source, 0, outputs * in);
            Arrays.fill(source, outputs * in, source.length, 0f);
            for (int i = 0; i < in; i++) {
                Panels.gather(source, i, in, packed, i * width, width);
            }
            Panels.fill(panels[p], packed);
        }
        return new LinearWeights(panels, Panels.copy(memory, bias, out), in, out, width);
    }

    public int in() {
        return in;
    }

    public int out() {
        return out;
    }

    int width() {
        return width;
    }

    /** The weights of {@code width} outputs, [in][width]. */
    MemorySegment panel(int panel) {
        return panels[panel];
    }

    int panelCount() {
        return panels.length;
    }

    float at(int o, int i) {
        return panels[o / width].getAtIndex(FLOAT, (long) i * width + o % width);
    }

    MemorySegment biases() {
        return bias;
    }

    float bias(int o) {
        return bias.getAtIndex(FLOAT, o);
    }
}
