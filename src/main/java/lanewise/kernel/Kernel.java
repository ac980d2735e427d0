package lanewise.kernel;

/**
 * One operation bound to its shapes and weights, ready to run on any number of tensors of those shapes.
 *
 * <p>The work is cut into {@link #tasks()} independent pieces: each output element belongs to exactly one piece and is
 * computed in one fixed order, so the bits of the result do not depend on who runs which piece, or when. Kernels are
 * immutable, allocate nothing while running, and trust operands whose sizes the caller has checked.
 */
public interface Kernel {
    /** How an operation computes: with vectors, or with the plain loops that define what the vectors must give. */
    enum Mode { VECTOR, SCALAR }

    /** Independent pieces of work, at least 1. */
    int tasks();

    /** Bytes of scratch memory that one running piece needs. */
    default long scratchBytes() {
        return 0;
    }

    /** Runs piece {@code task}; {@code scratch} belongs to the calling thread and holds at least {@link #scratchBytes()}. */
    void run(int task, Operands operands, Scratch scratch);

    Mode mode();
}
