package lanewise.nn;

/** A tensor whose shape does not fit the network; the message names the layer, what it wants and what it got. */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public ShapeException(String path, String problem) {
        super((path.isEmpty() ? "input" : path) + ": " + problem);
    }
}
