package lanewise.nn;

/**
 * How convolutions are computed. All round differently and are as exact as float32 allows, within a few units. Winograd's
 * forms spread an infinite or NaN input over the tiles of outputs that read it.
 */
public enum Algorithm {
    /** For each layer what the cost model expects to be fastest for inputs of the planned size. */
    AUTO,
    /** The definition: one chain of multiply-adds for each output. */
    DIRECT,
    /** Winograd's F(2,3) wherever a layer allows it: in a frame 2.25 times fewer multiplications, along time 1.5 times. */
    WINOGRAD2,
    /** Winograd's F(4,3) wherever a layer allows it: in a frame 4 times fewer multiplications, along time 2 times. */
    WINOGRAD4
}
