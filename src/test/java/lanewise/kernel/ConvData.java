package lanewise.kernel;

import java.util.random.RandomGenerator;

/** Operands of a convolution; bias and residual are zeros and empty where the case has none. */
record ConvData(float[] input, float[] weights, float[] bias, float[] residual) {
    private static ConvData of(ConvCase c, RandomGenerator random, Data.Source inputs, Data.Source weights) {
        return new ConvData(inputs.take(random, c.in().elements()), weights.take(random, c.outputs() * c.depth()),
                c.bias() ? inputs.take(random, c.outputs()) : new float[c.outputs()],
                inputs.take(random, c.residual() ? c.out().elements() : 0));
    }

    /** Integers so small that every sum is exact in float32 for up to 500,000 products. */
    static ConvData integers(ConvCase c, RandomGenerator random) {
        return of(c, random, (r, n) -> Data.integers(r, n, 8), (r, n) -> Data.integers(r, n, 4));
    }

    static ConvData gaussian(ConvCase c, RandomGenerator random) {
        return of(c, random, Data::gaussian, Data::gaussian);
    }

    /** Every kind of value in the input, finite ones in the weights. */
    static ConvData special(ConvCase c, RandomGenerator random) {
        return of(c, random, Data::special, Data::finite);
    }

    /** Every kind of value everywhere. */
    static ConvData specialWeights(ConvCase c, RandomGenerator random) {
        return of(c, random, Data::special, Data::special);
    }
}
