package lanewise.kernel;

/**
 * How a convolution is cut into tasks so that all threads finish together: blocks of positions, and where these do not
 * divide evenly among the threads, the last of them once more by output channels. Each part of a block packs its inputs
 * anew, so there are no more parts than pay.
 *
 * @param blocks of positions
 * @param whole blocks that are a task each; the others come last
 * @param parts of each other block
 * @param units of output channels that parts are made from
 */
record Split(int blocks, int whole, int parts, int units) {
    /**
     * The split that takes the least time if all threads are equally fast.
     *
     * @param threads at least one
     * @param packing what packing a block costs, in the cost of multiplying it with all output channels
     */
    static Split of(int blocks, int threads, int units, double packing) {
        int rest = blocks % threads;
        int best = 1;
        for (int parts = 2; parts <= Math.min(units, threads * threads); parts++) {
            if (time(rest, parts, threads, packing) < time(rest, best, threads, packing)) {
                best = parts;
            }
        }
        return new Split(blocks, blocks - rest, best, units);
    }

    private static double time(int rest, int parts, int threads, double packing) {
        return Math.ceilDiv(rest * parts, threads) * (packing + 1.0 / parts);
    }

    int tasks() {
        return whole + (blocks - whole) * parts;
    }

    int block(int task) {
        return task < whole ? task : whole + (task - whole) / parts;
    }

    /** The first unit of a task. */
    int from(int task) {
        return task < whole ? 0 : first((task - whole) % parts);
    }

    /** Behind the last unit of a task. */
    int to(int task) {
        return task < whole ? units : first((task - whole) % parts + 1);
    }

    private int first(int part) {
        return (int) ((long) units * part / parts);
    }
}
