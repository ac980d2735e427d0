package lanewise.media;

import java.io.IOException;
import java.util.Optional;

/** The frames of a clip, one after the other, all of one size. One caller at a time. */
interface FrameSource extends AutoCloseable {
    /** The next frame, or nothing at the end. */
    Optional<Picture> next() throws MediaException, IOException;

    /** Passes over the next frame, which need not be decoded or even looked at; false at the end. */
    boolean skip() throws MediaException, IOException;

    @Override
    void close() throws IOException;
}
