package lanewise.nn;

import java.util.Locale;
import java.util.Optional;
import lanewise.kernel.Winograd;

/** The forms in which a convolution can run. */
public enum ConvForm {
    /** By the definition, on packed panels of pixels. */
    DIRECT,
    /** By the definition, with the same bits, on padded planes. */
    PLANES,
    /** Winograd's F(2,3) along time. */
    TIME2(Winograd.TIME2),
    /** Winograd's F(4,3) along time. */
    TIME4(Winograd.TIME4),
    /** Winograd's F(2×2,3×3) in frames. */
    SPACE2(Winograd.SPACE2),
    /** Winograd's F(4×4,3×3) in frames. */
    SPACE4(Winograd.SPACE4);

    private final Optional<Winograd> winograd;

    ConvForm() {
        winograd = Optional.empty();
    }

    ConvForm(Winograd winograd) {
        this.winograd = Optional.of(winograd);
    }

    /** As users write and read it: {@code space4}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    Optional<Winograd> winograd() {
        return winograd;
    }
}
