package lanewise.kernel;

import static lanewise.kernel.F43.INPUTS;
import static lanewise.kernel.Floats.FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import lanewise.tensor.Shape;

/**
 * {@link AxisWinograd} one tile at a time: what its vectors must give, bit for bit. A task is one output channel of one
 * sample.
 */
public final class AxisWinogradScalar implements Conv {
    private final ConvGeometry geometry;
    private final Shape out;
    private final AxisTiles tiles;
    private final WinogradWeights weights;
    private final float floor;

    public AxisWinogradScalar(ConvGeometry geometry, WinogradWeights weights, boolean relu) {
        this.geometry = geometry;
        out = geometry.out();
        this.weights = weights;
        floor = Floats.floor(relu);
        tiles = new AxisTiles(AxisTiles.flatten(geometry), weights.axis());
    }

    @Override
    public Mode mode() {
        return Mode.SCALAR;
    }

    @Override
    public int tasks() {
        return Math.max(1, out.n() * out.c());
    }

    @Override
    public void run(int task, Operands operands, Scratch scratch) {
        if (out.elements() == 0) {
            return;
        }
        int o = task % out.c();
        int perSample = tiles.positions() / out.n();
        int first = task / out.c() * perSample;
        for (int position = first; position < first + perSample; position++) {
            int row = position / tiles.width();
            int x = position % tiles.width();
            float[] sums = scratch.products;
            sum(operands.input(), o, row, x, scratch.window, scratch.inputs, sums);
            long to = 4 * (tiles.outOffset(row) + x + (long) o * out.plane());
            for (int i = 0; i < tiles.outputs(row); i++) {
                float v = F43.output(i, sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]) + weights.bias(o);
                if (operands.hasOther()) {
                    v += operands.other().get(FLOAT, to);
                }
                operands.output().set(FLOAT, to, Floats.max(v, floor));
                to += 4 * tiles.outStep();
            }
        }
    }

    private void sum(MemorySegment input, int o, int row, int x, long[] window, float[] d, float[] sums) {
        Arrays.fill(sums, 0);
        int channels = geometry.in().c();
        for (int tap = 0; tap < tiles.taps(); tap++) {
            tiles.window(row, x, tap, 1, window);
            for (int c = 0; c < channels; c++) {
                for (int r = 0; r < INPUTS; r++) {
                    d[r] = window[INPUTS + r] == 0 ? 0 : input.get(FLOAT, window[r] + 4L * c * geometry.in().plane());
                }
                for (int e = 0; e < INPUTS; e++) {
                    sums[e] = Math.fma(weights.at(e, o, tap * channels + c), F43.input(e, d[0], d[1], d[2], d[3], d[4], d[5]),
                            sums[e]);
                }
            }
        }
    }
}
