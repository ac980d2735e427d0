package lanewise.media;

import lanewise.model.Preprocessing;

/** Which frames of a clip a model sees. */
final class Sampling {
    private Sampling() {}

    /**
     * Ascending frame numbers. A clip of at least {@code (frames - 1) * stride + 1} frames gives that many from its middle
     * (one place earlier where the middle falls between two), every {@code stride}-th one; a shorter clip is spread evenly,
     * number {@code i} being {@code floor(i * count / frames)}, so that frames repeat where there are too few.
     *
     * @param count frames of the clip, at least 1
     */
    static int[] indices(int count, Preprocessing preprocessing) {
        int frames = preprocessing.frames();
        long span = (frames - 1L) * preprocessing.stride() + 1;
        int[] indices = new int[frames];
        for (int i = 0; i < frames; i++) {
            indices[i] = span <= count
                    ? (int) ((count - span) / 2) + i * preprocessing.stride()
                    : (int) ((long) i * count / frames);
        }
        return indices;
    }
}
