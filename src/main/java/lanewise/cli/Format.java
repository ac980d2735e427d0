package lanewise.cli;

import java.util.Locale;

/** How answers are written. */
enum Format {
    /** Aligned tables for people. */
    TEXT,
    /** One JSON object a line, for programs. */
    JSON;

    static Format parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "text" -> TEXT;
            case "json" -> JSON;
            default -> throw new IllegalArgumentException("not a format: '" + text + "'; write text or json");
        };
    }
}
