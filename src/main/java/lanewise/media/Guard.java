package lanewise.media;

import java.io.IOException;
import java.nio.file.Path;

/** The one place where whatever a decoder throws becomes a {@link MediaException}. */
final class Guard {
    private Guard() {}

    @FunctionalInterface
    interface Reading<T> {
        T get() throws MediaException, IOException;
    }

    /**
     * Decoders answer hostile files with runtime exceptions of every kind and with {@link OutOfMemoryError}; none of them
     * says anything about the state of this program.
     */
    static <T> T call(Path file, Reading<T> reading) throws MediaException {
        try {
            return reading.get();
        } catch (MediaException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            throw new MediaException(
                    file, "not enough memory to decode it", "scale it down or give the JVM more heap (-Xmx)", e);
        } catch (Throwable e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new MediaException(
                    file, "cannot be read (" + reason + ")", "check that it opens elsewhere and save it anew", e);
        }
    }
}
