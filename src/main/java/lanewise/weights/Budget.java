package lanewise.weights;

/**
 * An allowance of heap for the description of a file: names, extents, pickled objects, but not tensor values.
 * A small file can describe much, and a checkpoint may be in many files; every object made on its behalf is charged here
 * before it is made.
 */
final class Budget {
    /** Far beyond any real checkpoint: one of 10,000 tensors needs about 10 MB. */
    private static final long LIMIT = 96L << 20;

    private final FileBytes file;
    private long left = LIMIT;

    Budget(FileBytes file) {
        this.file = file;
    }

    /** Takes the estimated size in bytes of what is about to be made. */
    void charge(long bytes, String place) throws WeightException {
        left -= bytes;
        if (left < 0) {
            throw file.fault(place, "a description of tensors that takes at most " + (LIMIT >> 20) + " MiB",
                    "more than that", "this is no ordinary checkpoint; save the bare state dict");
        }
    }

    /** Takes the size of a string of {@code length} characters. */
    void chargeText(long length, String place) throws WeightException {
        charge(48 + 2 * length, place);
    }
}
