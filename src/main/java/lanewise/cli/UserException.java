package lanewise.cli;

/** Something that the user can put right; the message says what is wrong, where, and what to do. */
final class UserException extends Exception {
    private static final long serialVersionUID = 1;

    UserException(String message) {
        super(message);
    }

    UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
