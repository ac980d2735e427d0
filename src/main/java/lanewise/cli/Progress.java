package lanewise.cli;

import java.io.PrintWriter;

/**
 * One line on a terminal that says what is being done and vanishes afterwards. Where standard error is no terminal,
 * nothing appears. Only the launcher can tell, because it stands between; it sets the property.
 */
final class Progress {
    /** Set to {@code true} by the launcher where standard error is a terminal. */
    static final String PROPERTY = "lanewise.terminal";

    private static final String CLEAR_LINE = "\r\u001B[K";

    private final PrintWriter err;
    private final boolean terminal = Boolean.getBoolean(PROPERTY);

    Progress(PrintWriter err) {
        this.err = err;
    }

    /** Tells what is being done; it may name files. */
    void show(String what) {
        print(CLEAR_LINE + Main.oneLine(what) + " ...");
    }

    /** To be called before anything else is written. */
    void clear() {
        print(CLEAR_LINE);
    }

    private void print(String text) {
        if (terminal) {
            err.print(text);
            err.flush();
        }
    }
}
