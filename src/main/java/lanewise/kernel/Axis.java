package lanewise.kernel;

import lanewise.tensor.Dims;

/** The axes along which a one-dimensional Winograd form is worth while: neighbours lie whole rows or frames apart. */
public enum Axis {
    TIME {
        @Override
        int of(Dims dims) {
            return dims.t();
        }

        @Override
        Dims set(Dims dims, int extent) {
            return new Dims(extent, dims.h(), dims.w());
        }
    },
    HEIGHT {
        @Override
        int of(Dims dims) {
            return dims.h();
        }

        @Override
        Dims set(Dims dims, int extent) {
            return new Dims(dims.t(), extent, dims.w());
        }
    };

    /** The extent along this axis. */
    abstract int of(Dims dims);

    /** The extents with another one along this axis. */
    abstract Dims set(Dims dims, int extent);
}
