package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Weights of a fully connected layer as pixel panels of the micro-kernel: [panel][in][outputs of the panel], zeros behind
 * the last output.
 */
public final class LinearWeights {
    private final MemorySegment panels;
    private final MemorySegment bias;
    private final int in;
    private final int out;
    private final int width;

    private LinearWeights(MemorySegment panels, MemorySegment bias, int in, int out, int width) {
        this.panels = panels;
        this.bias = bias;
        this.in = in;
        this.out = out;
        this.width = width;
    }

    /**
     * @param weights float32, [out][in]
     * @param bias float32, [out]
     * @param width outputs in a panel: {@link Tile#pixels()} for {@link Linear}
     */
    public static LinearWeights pack(Arena arena, MemorySegment weights, MemorySegment bias, int in, int out, int width) {
        MemorySegment panels = arena.allocate(4L * ((out + width - 1) / width) * in * width, 64);
        for (int o = 0; o < out; o++) {
            long panel = (long) (o / width) * in * width + o % width;
            for (int i = 0; i < in; i++) {
                panels.setAtIndex(FLOAT, panel + (long) i * width, weights.getAtIndex(FLOAT, (long) o * in + i));
            }
        }
        MemorySegment biases = arena.allocate(4L * out, 64);
        MemorySegment.copy(bias, 0, biases, 0, 4L * out);
        return new LinearWeights(panels, biases, in, out, width);
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

    MemorySegment panels() {
        return panels;
    }

    int panelCount() {
        return (out + width - 1) / width;
    }

    long panelOffset(int panel) {
        return 4L * panel * in * width;
    }

    float at(int o, int i) {
        return panels.get(FLOAT, panelOffset(o / width) + 4L * ((long) i * width + o % width));
    }

    MemorySegment biases() {
        return bias;
    }

    float bias(int o) {
        return bias.getAtIndex(FLOAT, o);
    }

    /** Bytes held. */
    public long bytes() {
        return panels.byteSize() + bias.byteSize();
    }
}
