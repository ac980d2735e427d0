package lanewise.model;

/**
 * One value for each colour channel, in the unit of the channels' scale 0 to 1.
 *
 * @param r red
 * @param g green
 * @param b blue
 */
public record Rgb(float r, float g, float b) {
    public Rgb {
        if (!Float.isFinite(r) || !Float.isFinite(g) || !Float.isFinite(b)) {
            throw new IllegalArgumentException("colour values are finite numbers, not " + r + ", " + g + ", " + b);
        }
    }
}
