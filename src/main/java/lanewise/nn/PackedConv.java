package lanewise.nn;

import lanewise.kernel.ConvGeometry;
import lanewise.kernel.ConvWeights;
import lanewise.kernel.DirectConv;
import lanewise.kernel.DirectConvScalar;
import lanewise.kernel.Kernel;
import lanewise.kernel.PlaneConv;
import lanewise.kernel.Tile;
import lanewise.kernel.WinogradConv;
import lanewise.kernel.WinogradConvScalar;
import lanewise.kernel.WinogradWeights;
import lanewise.tensor.Shape;

/** A convolution with its weights, packed for the algorithm that all plans of a program use. */
sealed interface PackedConv extends Program.Packed {
    Op.Conv op();

    Kernel kernel(ConvGeometry geometry, int threads);

    @Override
    default Kernel kernel(Shape in, int threads) {
        return kernel(Shapes.geometry(op().layer(), in), threads);
    }

    /** By the definition. Weights that are not finite need the plain kernel. */
    record Direct(Op.Conv op, boolean vectors, ConvWeights weights) implements PackedConv {
        @Override
        public Kernel kernel(ConvGeometry geometry, int threads) {
            return vectors && weights.finite()
                    ? new DirectConv(geometry, weights, Tile.preferred(), op.relu(), threads)
                    : new DirectConvScalar(geometry, weights, op.relu());
        }
    }

    /** By the definition on padded planes, where a shape has them. */
    record Planes(Op.Conv op, ConvWeights weights) implements PackedConv {
        @Override
        public Kernel kernel(ConvGeometry geometry, int threads) {
            return weights.finite() && PlaneConv.fits(geometry)
                    ? new PlaneConv(geometry, weights, op.relu(), threads)
                    : new DirectConvScalar(geometry, weights, op.relu());
        }
    }

    /** By one of Winograd's forms. */
    record Transformed(Op.Conv op, boolean vectors, WinogradWeights weights) implements PackedConv {
        @Override
        public Kernel kernel(ConvGeometry geometry, int threads) {
            return vectors
                    ? new WinogradConv(geometry, weights, Tile.preferred(), op.relu(), threads)
                    : new WinogradConvScalar(geometry, weights, op.relu());
        }
    }
}
