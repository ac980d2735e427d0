package lanewise.kernel;

import lanewise.tensor.Dims;

/** The axes along which a one-dimensional Winograd form is worth while: neighbours lie whole rows or frames apart. */
public enum Axis {
    TIME {
        @Override
        int of(Dims dims) {
            return dims.t();
        }
    },
    HEIGHT {
        @Override
        int of(Dims dims) {
            return dims.h();
        }
    };

    /** The extent along this axis. */
    abstract int of(Dims dims);
}
