package lanewise.model;

import java.util.Objects;
import lanewise.tensor.Shape;

/**
 * The way from pixels to a network's input: resize, centre crop, scale to 0..1, normalise to
 * {@code (value - mean) / std} per channel; for clips, also which frames are taken.
 * No model file records it, and a wrong one costs accuracy without an error.
 *
 * @param resize size before the crop
 * @param interpolation how the resize computes pixels
 * @param height rows of the centre crop
 * @param width columns of the centre crop
 * @param mean what is subtracted from each channel
 * @param std what each channel is then divided by; not 0
 * @param frames frames of a clip, 1 for a picture
 * @param stride distance between two taken frames, 1 for neighbours
 * @throws IllegalArgumentException if a value is out of its range, or no tensor can hold one input
 */
public record Preprocessing(
        Resize resize,
        Interpolation interpolation,
        int height,
        int width,
        Rgb mean,
        Rgb std,
        int frames,
        int stride) {
    /** The most frames a clip may have. */
    public static final int MAX_FRAMES = 10_000;

    private static final Rgb IMAGENET_MEAN = new Rgb(0.485f, 0.456f, 0.406f);
    private static final Rgb IMAGENET_STD = new Rgb(0.229f, 0.224f, 0.225f);

    /** torchvision's ImageNet evaluation: shorter side 256, crop 224 x 224. */
    public static final Preprocessing IMAGENET = new Preprocessing(
            new Resize.ShortSide(256), Interpolation.ANTIALIASED, 224, 224, IMAGENET_MEAN, IMAGENET_STD, 1, 1);

    /**
     * torchvision's evaluation of its Kinetics-400 models: 16 frames, 128 x 171, crop 112 x 112. It samples clips at
     * 15 frames a second, which is every second frame of the usual 30.
     */
    public static final Preprocessing KINETICS = new Preprocessing(
            new Resize.Exact(128, 171),
            Interpolation.BILINEAR,
            112,
            112,
            new Rgb(0.43216f, 0.394666f, 0.37645f),
            new Rgb(0.22803f, 0.22145f, 0.216989f),
            16,
            2);

    /** CIFAR pictures of 32 x 32 as they are, with ImageNet's mean and standard deviation. */
    public static final Preprocessing CIFAR = new Preprocessing(
            new Resize.None(), Interpolation.ANTIALIASED, 32, 32, IMAGENET_MEAN, IMAGENET_STD, 1, 1);

    public Preprocessing {
        Objects.requireNonNull(resize, "resize");
        Objects.requireNonNull(interpolation, "interpolation");
        Objects.requireNonNull(mean, "mean");
        Objects.requireNonNull(std, "std");
        checkRange("crop height", height, Resize.MAX_SIDE);
        checkRange("crop width", width, Resize.MAX_SIDE);
        checkRange("frames", frames, MAX_FRAMES);
        checkRange("stride", stride, MAX_FRAMES);
        // Refuses what no tensor can hold.
        new Shape(1, 3, frames, height, width);
        if (std.r() == 0 || std.g() == 0 || std.b() == 0) {
            throw new IllegalArgumentException("a standard deviation of 0 cannot divide");
        }
    }

    /** The shape of {@code batch} prepared pictures or clips: batch x 3 x frames x height x width. */
    public Shape inputShape(int batch) {
        return new Shape(batch, 3, frames, height, width);
    }

    /** True if the input has a time axis: more than one frame. */
    public boolean isClip() {
        return frames > 1;
    }

    public Preprocessing withResize(Resize other) {
        return new Preprocessing(other, interpolation, height, width, mean, std, frames, stride);
    }

    public Preprocessing withInterpolation(Interpolation other) {
        return new Preprocessing(resize, other, height, width, mean, std, frames, stride);
    }

    public Preprocessing withCrop(int newHeight, int newWidth) {
        return new Preprocessing(resize, interpolation, newHeight, newWidth, mean, std, frames, stride);
    }

    public Preprocessing withMean(Rgb other) {
        return new Preprocessing(resize, interpolation, height, width, other, std, frames, stride);
    }

    public Preprocessing withStd(Rgb other) {
        return new Preprocessing(resize, interpolation, height, width, mean, other, frames, stride);
    }

    public Preprocessing withFrames(int newFrames) {
        return new Preprocessing(resize, interpolation, height, width, mean, std, newFrames, stride);
    }

    public Preprocessing withStride(int newStride) {
        return new Preprocessing(resize, interpolation, height, width, mean, std, frames, newStride);
    }

    private static void checkRange(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " must be 1 to " + max + ", not " + value);
        }
    }
}
