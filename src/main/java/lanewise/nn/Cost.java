package lanewise.nn;

/**
 * What an operation is expected to take, in cycles of one core that does two fused multiply-adds on vectors of 16 a cycle:
 * the same figures on every machine.
 *
 * @param arithmetic products, with the calls and the stores around them
 * @param transforms gathering and transforming inputs, transforming sums
 * @param memory reading weights and activations beyond what hides behind the arithmetic
 */
public record Cost(double arithmetic, double transforms, double memory) {
    public double cycles() {
        return arithmetic + transforms + memory;
    }
}
