package lanewise.model;

/** How {@link Resize} computes new pixels. They differ by several grey levels where a picture shrinks. */
public enum Interpolation {
    /**
     * Bilinear over all source pixels that a target pixel covers, in 8-bit fixed point: Pillow's {@code BILINEAR},
     * which torchvision uses for pictures.
     */
    ANTIALIASED,
    /** Bicubic with {@code a = -0.5}, in the same way: Pillow's {@code BICUBIC}. */
    BICUBIC,
    /**
     * Bilinear between the four nearest source pixels whatever the scale: PyTorch's
     * {@code interpolate(mode="bilinear", align_corners=False, antialias=False)}, with which torchvision's video
     * models were trained.
     */
    BILINEAR
}
