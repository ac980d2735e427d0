package lanewise.media;

import java.nio.file.Path;

/** A picture or clip that cannot be used. The message names the file, what is wrong with it and what to do. */
public final class MediaException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Path file;

    public MediaException(Path file, String problem, String cure) {
        this(file, problem, cure, null);
    }

    public MediaException(Path file, String problem, String cure, Throwable cause) {
        super(file + ": " + problem + "; " + cure, cause);
        this.file = file;
    }

    /** The file or folder at fault, as it was given. */
    public Path file() {
        return file;
    }
}
