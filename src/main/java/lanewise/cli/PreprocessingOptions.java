package lanewise.cli;

import java.util.function.BiFunction;
import lanewise.model.Preprocessing;
import lanewise.model.Resize;
import lanewise.model.Rgb;
import picocli.CommandLine.Option;

/** What replaces the model's own preprocessing, for weights that were trained on otherwise prepared pictures. */
final class PreprocessingOptions {
    /** The extent of the centre crop. */
    record Size(int height, int width) {
        /** Reads {@code 224x224}. */
        static Size parse(String text) {
            String[] parts = text.split("x", -1);
            if (parts.length != 2) {
                throw new IllegalArgumentException("not a size: '" + text + "'; write HEIGHTxWIDTH, as 224x224");
            }
            return new Size(pixels(parts[0], text), pixels(parts[1], text));
        }
    }

    @Option(names = "--size", paramLabel = "HxW", description = "Centre crop, as 224x224.")
    private Size size;

    @Option(names = "--resize", paramLabel = "N|HxW|none",
            description = "Before the crop: the shorter side, as 256; or both, as 128x171; or none.")
    private Resize resize;

    @Option(names = "--mean", paramLabel = "R,G,B", description = "Mean of each channel on the scale 0 to 1.")
    private Rgb mean;

    @Option(names = "--std", paramLabel = "R,G,B", description = "Standard deviation of each channel on that scale.")
    private Rgb std;

    @Option(names = "--frames", paramLabel = "N", description = "Frames of a clip that a clip model sees.")
    private Integer frames;

    @Option(names = "--stride", paramLabel = "N", description = "Take every N-th frame of a clip.")
    private Integer stride;

    /**
     * @param architecture the model's, for messages
     * @throws UserException if a value is out of range, or the model takes pictures and the option is for clips
     */
    Preprocessing over(Preprocessing model, String architecture) throws UserException {
        if (!model.isClip()) {
            refuse("--frames", frames, architecture);
            refuse("--stride", stride, architecture);
        }
        requireColours("--mean", mean, 0, "0 to 1");
        requireColours("--std", std, Float.MIN_NORMAL, "more than 0 and at most 1");
        // Fewer frames first, so that a large crop of them is judged by what is asked for.
        Preprocessing changed = change("--frames", frames, model, (way, value) -> way.withFrames(value));
        changed = change("--size", size, changed, (way, value) -> way.withCrop(value.height, value.width));
        changed = change("--resize", resize, changed, Preprocessing::withResize);
        changed = change("--mean", mean, changed, Preprocessing::withMean);
        changed = change("--std", std, changed, Preprocessing::withStd);
        return change("--stride", stride, changed, (way, value) -> way.withStride(value));
    }

    private static void refuse(String option, Integer value, String architecture) throws UserException {
        if (value != null) {
            throw new UserException(option + ": " + architecture + " takes single pictures; leave it out");
        }
    }

    /** Values of 0 to 255 would spoil every answer and pass unnoticed. */
    private static void requireColours(String option, Rgb values, float least, String range) throws UserException {
        if (values != null) {
            for (float value : new float[] {values.r(), values.g(), values.b()}) {
                if (value < least || value > 1) {
                    throw new UserException(option + ": " + range + " for each channel, not " + value
                            + "; divide values on the scale 0 to 255 by 255");
                }
            }
        }
    }

    private static <T> Preprocessing change(
            String option, T value, Preprocessing old, BiFunction<Preprocessing, T, Preprocessing> change) throws UserException {
        try {
            return value == null ? old : change.apply(old, value);
        } catch (IllegalArgumentException e) {
            throw new UserException(option + ": " + e.getMessage(), e);
        }
    }

    /** Reads {@code none}, {@code 256} or {@code 128x171}. */
    static Resize resize(String text) {
        if (text.equals("none")) {
            return new Resize.None();
        }
        if (text.contains("x")) {
            Size both = Size.parse(text);
            return new Resize.Exact(both.height, both.width);
        }
        return new Resize.ShortSide(pixels(text, text));
    }

    /** Reads {@code 0.485,0.456,0.406}. */
    static Rgb rgb(String text) {
        String[] parts = text.split(",", -1);
        try {
            if (parts.length == 3) {
                return new Rgb(Float.parseFloat(parts[0]), Float.parseFloat(parts[1]), Float.parseFloat(parts[2]));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(notRgb(text), e);
        }
        throw new IllegalArgumentException(notRgb(text));
    }

    private static String notRgb(String text) {
        return "not three numbers: '" + text + "'; write R,G,B, as 0.485,0.456,0.406";
    }

    private static int pixels(String number, String text) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number of pixels: '" + text + "'", e);
        }
    }
}
