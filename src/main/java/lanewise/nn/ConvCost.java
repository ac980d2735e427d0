package lanewise.nn;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import lanewise.kernel.ConvGeometry;
import lanewise.kernel.Winograd;

/** Which form of a convolution to take. */
final class ConvCost {
    private ConvCost() {}

    /** The form for a layer, or none for the direct algorithm. */
    static Optional<Winograd> form(ConvGeometry geometry, Algorithm algorithm) {
        return switch (algorithm) {
            case DIRECT -> Optional.empty();
            case AUTO -> first(geometry, Winograd.SPACE4, Winograd.TIME4);
            case WINOGRAD2 -> first(geometry, Winograd.SPACE2, Winograd.TIME2);
            case WINOGRAD4 -> first(geometry, Winograd.SPACE4, Winograd.TIME4);
        };
    }

    private static Optional<Winograd> first(ConvGeometry geometry, Winograd... forms) {
        return Arrays.stream(forms).filter(form -> form.fits(geometry)).findFirst();
    }
}
