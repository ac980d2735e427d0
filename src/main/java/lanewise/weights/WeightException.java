package lanewise.weights;

/**
 * A checkpoint that cannot be used. The message reads {@code file: place: expected E, found F; cure};
 * parts that do not apply are empty and left out.
 */
public final class WeightException extends Exception {
    private static final long serialVersionUID = 1;

    private static final int LONGEST_PART = 2_000;

    private final String file;
    private final String place;
    private final String expected;
    private final String found;
    private final String cure;

    /**
     * @param file the file or other origin of the weights
     * @param place the tensor, the header field or the byte position concerned
     * @param expected what would have been right
     * @param found what is there instead
     * @param cure what the user can do
     */
    public WeightException(String file, String place, String expected, String found, String cure) {
        this(file, place, expected, found, cure, message(file, place, expected, found, cure));
    }

    private WeightException(String file, String place, String expected, String found, String cure, String message) {
        super(message);
        this.file = file;
        this.place = place;
        this.expected = expected;
        this.found = found;
        this.cure = cure;
    }

    /** An exception whose message is a report of many findings, one a line. */
    static WeightException report(String file, String expected, String found, String cure, String report) {
        return new WeightException(file, "", expected, found, cure, report);
    }

    /** The file or other origin of the weights. */
    public String file() {
        return file;
    }

    /** The tensor, header field or byte position concerned; may be empty. */
    public String place() {
        return place;
    }

    public String expected() {
        return expected;
    }

    public String found() {
        return found;
    }

    /** What the user can do; may be empty. */
    public String cure() {
        return cure;
    }

    private static String message(String file, String place, String expected, String found, String cure) {
        StringBuilder text = new StringBuilder(clip(file));
        if (!place.isEmpty()) {
            text.append(": ").append(clip(place));
        }
        if (!expected.isEmpty()) {
            text.append(": expected ").append(clip(expected));
        }
        if (!found.isEmpty()) {
            text.append(expected.isEmpty() ? ": " : ", found ").append(clip(found));
        }
        if (!cure.isEmpty()) {
            text.append("; ").append(clip(cure));
        }
        return text.toString();
    }

    /** Parts may come from a hostile file: neither their length nor their control characters reach a log. */
    static String clip(String part) {
        String start = part.length() > LONGEST_PART ? part.substring(0, LONGEST_PART) + "..." : part;
        StringBuilder text = new StringBuilder(start.length());
        for (int i = 0; i < start.length(); i++) {
            char c = start.charAt(i);
            text.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
        }
        return text.toString();
    }
}
