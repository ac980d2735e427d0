package lanewise.kernel;

/**
 * A convolution with its epilogue: {@code out = relu(sum of w * x + bias + residual)}.
 *
 * <p>Input and output are planar N C T H W, the weights {@link ConvWeights}; the residual, {@link Operands#other()}, has
 * the shape of the output, which overlaps neither. By the direct form each output element is one chain of fused
 * multiply-adds over {@code k} ascending that starts at zero, and zero padding is multiplied like any zero; Winograd's form
 * is such a chain for each element of a tile between two transforms, see {@link Winograd}.
 */
public sealed interface Conv extends Kernel permits DirectConv, DirectConvScalar, PlaneConv, WinogradConv, WinogradConvScalar {}
