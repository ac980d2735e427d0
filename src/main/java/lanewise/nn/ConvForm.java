package lanewise.nn;

import java.util.Optional;
import lanewise.kernel.Winograd;

/** The forms in which a convolution can run. */
public enum ConvForm {
    /** By the definition, on packed panels of pixels. */
    DIRECT("direct"),
    /** By the definition, with the same bits, on padded planes. */
    PLANES("planes"),
    /** Winograd's F(2,3) along time. */
    TIME2("F(2,3) in time", Winograd.TIME2),
    /** Winograd's F(4,3) along time. */
    TIME4("F(4,3) in time", Winograd.TIME4),
    /** Winograd's F(2×2,3×3) in frames. */
    SPACE2("F(2x2,3x3)", Winograd.SPACE2),
    /** Winograd's F(4×4,3×3) in frames. */
    SPACE4("F(4x4,3x3)", Winograd.SPACE4);

    private final String label;
    private final Optional<Winograd> winograd;

    ConvForm(String label) {
        this.label = label;
        winograd = Optional.empty();
    }

    ConvForm(String label, Winograd winograd) {
        this.label = label;
        this.winograd = Optional.of(winograd);
    }

    /** As the literature writes it, in ASCII. */
    public String label() {
        return label;
    }

    Optional<Winograd> winograd() {
        return winograd;
    }
}
