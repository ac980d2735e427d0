package lanewise.nn;

/** How convolutions are computed. All round differently and are as exact as float32 allows, within a few units. */
public enum Algorithm {
    /** For each layer and shape what the cost model expects to be faster: another batch may so give other last bits. */
    AUTO,
    /** The definition: one chain of multiply-adds for each output. */
    DIRECT,
    /**
     * Winograd's F(4,3) along height or time wherever a layer allows it, with half the multiplications. An infinite or NaN
     * input then makes up to four neighbouring outputs NaN along that axis, where the direct form has one.
     */
    WINOGRAD
}
