package lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The tensors of one call, float32 N C T H W in native memory, each segment of exactly its tensor's size. All of them,
 * weights and scratch memory too, come from shared arenas: kernels that meet confined ones as well as shared ones are
 * compiled again and again (JDK 25), since C2 hoists the check of the owning thread out of their loops.
 *
 * @param input what the operation reads
 * @param other a second input: the residual to add, or {@link MemorySegment#NULL} where there is none
 * @param output what it writes; never overlaps the inputs unless the kernel says so
 */
public record Operands(MemorySegment input, MemorySegment other, MemorySegment output) {
    public Operands(MemorySegment input, MemorySegment output) {
        this(input, MemorySegment.NULL, output);
    }

    boolean hasOther() {
        return other.byteSize() != 0;
    }
}
