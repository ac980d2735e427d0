package lanewise.model;

/** How {@link Resize} computes new pixels. The two differ by several grey levels where a picture shrinks. */
public enum Interpolation {
    /**
     * Bilinear over all source pixels that a target pixel covers, in 8-bit fixed point: Pillow's {@code BILINEAR},
     * which torchvision uses for pictures.
     */
    ANTIALIASED,
    /**
     * Bilinear between the four nearest source pixels whatever the scale: PyTorch's
     * {@code interpolate(mode="bilinear", align_corners=False, antialias=False)}, with which torchvision's video
     * models were trained.
     */
    BILINEAR
}
