package lanewise.model;

import java.util.Arrays;
import java.util.stream.Collectors;
import lanewise.tensor.Dims;

/** The max-pooling behind the stem of a video net, with stride 2 and padding along the axes it covers. */
enum StemPool {
    NONE("none", Dims.ONE),
    SPATIAL("1x3x3", Dims.spatial(3)),
    FULL("3x3x3", Dims.cube(3));

    private final String text;
    final Dims kernel;

    StemPool(String text, Dims kernel) {
        this.text = text;
        this.kernel = kernel;
    }

    static StemPool parse(String text) {
        return Arrays.stream(values()).filter(pool -> pool.text.equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("maxPool wants " + Arrays.stream(values())
                        .map(StemPool::toString).collect(Collectors.joining(" or ")) + ", not '" + text + "'"));
    }

    @Override
    public String toString() {
        return text;
    }
}
