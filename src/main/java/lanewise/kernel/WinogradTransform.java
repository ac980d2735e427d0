package lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * What a {@link Winograd} form does before and after the products: a position is a tile of outputs; positions are numbered
 * over the whole batch, so that a panel of them may cross rows, frames and samples.
 */
sealed interface WinogradTransform permits SpaceTransform, TimeTransform {
    /** All tiles of the output. */
    int positions();

    /** Bytes of working memory. */
    long workBytes();

    /**
     * Transforms the inputs of a panel of positions.
     *
     * @param first position
     * @param positions how many, at most {@link Tile#pixels()}
     * @param scratch holds working memory from {@code work} on
     * @param panels receives from {@code panel} on a panel for each element, [product][position], and up to a vector behind it
     */
    void pack(MemorySegment input, int first, int positions, Scratch scratch, long work, MemorySegment[] panels, int panel);

    /**
     * Turns sums of products into outputs and writes them.
     *
     * @param sums [element][row][position]; changed
     * @param channel of the first row
     * @param rows output channels
     */
    void unpack(MemorySegment sums, Operands operands, int channel, int rows, int first, int positions, Scratch scratch, long work,
            MemorySegment biases, float floor);

    static WinogradTransform of(ConvGeometry geometry, Winograd form, Tile tile) {
        return switch (form) {
            case TIME2 -> new TimeF23(geometry);
            case TIME4 -> new TimeF43(geometry);
            case SPACE2 -> new SpaceF23(geometry, tile);
            case SPACE4 -> new SpaceF43(geometry, tile);
        };
    }
}
