package lanewise.kernel;

import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

    private LinearWeights(MemorySegment[] panels, MemorySegment bias, int in, int out, int width) {
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
        long panelBytes = 4L * in * width;
        MemorySegment[] panels = new MemorySegment[(out + width - 1) / width];
        MemorySegment memory = arena.allocate(panels.length * panelBytes, 64);
        Arrays.setAll(panels, p -> memory.asSlice(p * panelBytes, panelBytes));
        for (int o = 0; o < out; o++) {
            MemorySegment panel = panels[o / width];
            for (int i = 0; i < in; i++) {
                panel.setAtIndex(FLOAT, (long) i * width + o % width, weights.getAtIndex(FLOAT, (long) o * in + i));
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

    /** Bytes held. */
    public long bytes() {
        return 4L * panels.length * in * width + bias.byteSize();
    }
}
