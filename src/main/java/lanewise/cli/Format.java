package lanewise.cli;

import java.util.Locale;

/** How answers are written. */
enum Format {
    /** Aligned tables for people. */
    TEXT,
    /** One JSON object a line, for programs. */
    JSON;

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
