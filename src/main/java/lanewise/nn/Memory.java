package lanewise.nn;

/** What a plan may take for speed. Results differ within the rounding of float32. */
public enum Memory {
    /** Whatever is fastest. */
    FAST,
    /** Winograd's forms only where their weights take at most a mebibyte more than direct ones: early layers, on large maps. */
    SMALL
}
