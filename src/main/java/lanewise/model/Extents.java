package lanewise.model;

import java.util.SortedSet;
import lanewise.weights.Weights;

/**
 * Numbers read off a checkpoint's keys and shapes. Where a tensor is missing, or an extent is one that no network has, the
 * number is made up, so that a hostile file leads to misfits and not to overflows or channels of nothing.
 */
final class Extents {
    private static final int LARGEST = 1 << 20;

    private Extents() {}

    /** Output channels of a weight. */
    static int outputs(Weights w, String name) {
        return extent(w, name, 0);
    }

    /** Input channels of one group of a weight. */
    static int inputs(Weights w, String name) {
        return extent(w, name, 1);
    }

    /** Rows of a linear layer; 0 where there is none. */
    static int rows(Weights w, String name) {
        return w.has(name) ? outputs(w, name) : 0;
    }

    static int extent(Weights w, String name, int axis) {
        int extent = axes(w, name) > axis ? w.dims(name).get(axis) : 1;
        return extent >= 1 && extent <= LARGEST ? extent : 1;
    }

    static int axes(Weights w, String name) {
        return w.has(name) ? w.dims(name).size() : 0;
    }

    /** How many blocks 0, 1, 2, … without a gap a stage has. */
    static int blocks(Weights stage, Keys keys) {
        SortedSet<String> names = stage.names();
        int blocks = 0;
        while (hasScope(names, keys.blockName(blocks))) {
            blocks++;
        }
        return blocks;
    }

    /** Whether there is any tensor below {@code scope}. */
    private static boolean hasScope(SortedSet<String> names, String scope) {
        SortedSet<String> behind = names.tailSet(scope + ".");
        return !behind.isEmpty() && behind.first().startsWith(scope + ".");
    }
}
