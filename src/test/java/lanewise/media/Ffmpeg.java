package lanewise.media;

import java.io.IOException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Tests of videos are skipped where ffmpeg is absent, unless {@code -Dlanewise.requireShared=true} asks for all tests. */
final class Ffmpeg {
    private Ffmpeg() {}

    static void require() {
        try {
            new ProcessBuilder("ffmpeg", "-version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            String message = "ffmpeg is not on the PATH: " + e.getMessage();
            if (Boolean.getBoolean("lanewise.requireShared")) {
                Assertions.fail(message);
            }
            Assumptions.abort(message);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
