package lanewise.kernel;

import java.util.stream.IntStream;

/**
 * One axis of padded planes that are split into phases, so that neighbouring outputs read neighbouring elements whatever the
 * stride: element {@code j} of phase {@code f} is place {@code j * stride + residue(f)} of the padded axis. Only phases that
 * a tap reads exist.
 */
final class Phases {
    private final int stride;
    private final int padding;
    private final int dilation;
    private final int[] residues;
    private final int[] leads;
    private final int[] insides;

    Phases(int extent, int kernel, int stride, int padding, int dilation) {
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        residues = IntStream.range(0, kernel).map(this::residue).distinct().toArray();
        leads = IntStream.of(residues).map(r -> (int) Math.max(0, Math.ceilDiv((long) padding - r, (long) stride))).toArray();
        insides = IntStream.range(0, residues.length)
                .map(f -> (int) Math.max(0, Math.ceilDiv(extent - place(f, leads[f]), (long) stride))).toArray();
    }

    private int residue(int tap) {
        return (int) ((long) tap * dilation % stride);
    }

    int count() {
        return residues.length;
    }

    /** The phase that a tap reads. */
    int phase(int tap) {
        int phase = 0;
        while (residues[phase] != residue(tap)) {
            phase++;
        }
        return phase;
    }

    /** The element of its phase that a tap reads for output 0. */
    int element(int tap) {
        return (int) ((long) tap * dilation / stride);
    }

    /** Zeros before the first element of the map. */
    int lead(int phase) {
        return leads[phase];
    }

    /** Zeros that a phase needs before and behind the map, at most. */
    int mostLead() {
        return Math.ceilDiv(padding, stride);
    }

    /** The place in the map of a phase's element, outside of it where padding lies. */
    long place(int phase, int element) {
        return (long) element * stride + residues[phase] - padding;
    }

    /** How many elements of a phase lie in the map. */
    int inside(int phase) {
        return insides[phase];
    }
}
