package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The memory of one trial, made to show every wrong access. Inputs are segments of exactly their size that end with
 * their allocation and start off any vector boundary, so reading beyond them throws. The output is filled with a NaN that no
 * arithmetic makes and lies between canaries; scratch memory is of exactly the size the kernel asks for.
 * Arenas are shared, as a session's: where C2 has seen kernels with confined arenas alone, it hoists the check of the
 * owning thread out of their loops, and the first shared segment throws the compiled code away, again and again.
 */
final class TrialMemory implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int CANARIES = 64;
    private static final int CANARY = 0x4b5a5a5a;
    private static final int UNWRITTEN = 0x7fc5a5a5;

    private final Trial trial;
    private final Arena arena;
    private final MemorySegment guarded;
    private final Operands operands;

    TrialMemory(Trial trial, Arena arena) {
        this.trial = trial;
        this.arena = arena;
        MemorySegment input = exact(arena, trial.input());
        MemorySegment other = trial.other().length == 0 ? MemorySegment.NULL : exact(arena, trial.other());
        guarded = arena.allocate(4L * (trial.outputs() + 2 * CANARIES), 4);
        operands = new Operands(input, other, guarded.asSlice(4L * CANARIES, 4L * trial.outputs()));
        clearOutput();
    }

    /** A native copy that ends where its allocation ends and is aligned to 4 bytes only. */
    static MemorySegment exact(Arena arena, float[] values) {
        MemorySegment segment = arena.allocate(4L * values.length + 4, 64).asSlice(4);
        MemorySegment.copy(values, 0, segment, FLOAT, 0, values.length);
        return segment;
    }

    Operands operands() {
        return operands;
    }

    /** The output with the canaries around it. */
    MemorySegment guarded() {
        return guarded;
    }

    /** The first input is the output too. */
    Operands inPlace() {
        MemorySegment.copy(trial.input(), 0, operands.output(), FLOAT, 0, trial.input().length);
        return new Operands(operands.output(), operands.other(), operands.output());
    }

    Scratch scratch() {
        return new Scratch(arena, trial.kernel().scratchBytes());
    }

    /** Fills scratch memory with NaN and run storage with nonsense. */
    static void poison(Scratch scratch) {
        scratch.memory.fill((byte) -1);
        scratch.tile.fill((byte) -1);
        Arrays.fill(scratch.runs, Integer.MIN_VALUE);
    }

    void clearOutput() {
        for (long i = 0; i < guarded.byteSize() / 4; i++) {
            boolean canary = i < CANARIES || i >= CANARIES + trial.outputs();
            guarded.setAtIndex(INT, i, canary ? CANARY : UNWRITTEN);
        }
    }

    boolean isWritten(int element) {
        return operands.output().getAtIndex(INT, element) != UNWRITTEN;
    }

    /** The output, after a check that it was written whole and nothing else was. */
    float[] result() {
        for (int i = 0; i < trial.outputs(); i++) {
            if (!isWritten(i)) {
                fail(trial.name() + ": element " + i + " of " + trial.outputs() + " was not written");
            }
        }
        checkSurroundings();
        return operands.output().toArray(FLOAT);
    }

    void checkSurroundings() {
        for (int i = 0; i < CANARIES; i++) {
            assertEquals(CANARY, guarded.getAtIndex(INT, i), trial.name() + ": written before the output");
            assertEquals(CANARY, guarded.getAtIndex(INT, CANARIES + trial.outputs() + i), trial.name() + ": written behind the output");
        }
        checkUnchanged(trial.input(), operands.input());
        checkUnchanged(trial.other(), operands.other());
    }

    private void checkUnchanged(float[] before, MemorySegment after) {
        for (int i = 0; i < before.length; i++) {
            if (Float.floatToRawIntBits(before[i]) != after.getAtIndex(INT, i)) {
                fail(trial.name() + ": input element " + i + " was changed");
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
