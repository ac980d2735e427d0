package lanewise.model;

/** The size a picture is scaled to before the centre crop. */
public sealed interface Resize {
    /** The largest side a resize may ask for. */
    int MAX_SIDE = 16_384;

    /**
     * The shorter side becomes {@code pixels}, the longer one {@code (int) (pixels * longer / shorter)}: the rule of
     * torchvision's {@code Resize(int)}.
     */
    record ShortSide(int pixels) implements Resize {
        public ShortSide {
            checkSide(pixels);
        }
    }

    /** Exactly this size, whatever that does to the proportions. */
    record Exact(int height, int width) implements Resize {
        public Exact {
            checkSide(height);
            checkSide(width);
        }
    }

    /** The picture keeps its size. */
    record None() implements Resize {}

    private static void checkSide(int pixels) {
        if (pixels < 1 || pixels > MAX_SIDE) {
            throw new IllegalArgumentException("a resized side has 1 to " + MAX_SIDE + " pixels, not " + pixels);
        }
    }
}
