package lanewise.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The names of a model's classes: line {@code i} of a UTF-8 text file, counted from 0, names class {@code i}.
 *
 * @param file where they come from
 */
record Labels(Path file, List<String> names) {
    static final int MAX_BYTES = 1 << 20;
    static final int MAX_LINES = 100_000;

    Labels {
        names = List.copyOf(names);
    }

    /** Reads at most {@link #MAX_BYTES} and {@link #MAX_LINES}; empty lines at the end do not count. */
    static Labels read(Path file) throws UserException {
        String text = text(file);
        // Some editors begin a file with a byte order mark.
        String body = (text.startsWith("\uFEFF") ? text.substring(1) : text).stripTrailing();
        List<String> names = body.lines().limit(MAX_LINES + 1L).map(Labels::printable).toList();
        if (names.isEmpty()) {
            throw new UserException(file + ": an empty file; give a text file with one label a line");
        }
        if (names.size() > MAX_LINES) {
            throw new UserException(file + ": more than " + MAX_LINES + " labels; give a text file with one label a line");
        }
        return new Labels(file, names);
    }

    private static String text(Path file) throws UserException {
        if (!Files.exists(file)) {
            throw new UserException(file + ": no such label file; check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new UserException(file + ": not a regular file; give a text file with one label a line");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new UserException(file + ": larger than 1 MiB; give a text file with one label a line");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new UserException(file + ": not UTF-8 text; give a text file with one label a line", e);
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read; check its permissions", e);
        }
    }

    private static String printable(String line) {
        return line.replaceAll("\\p{Cc}", " ").strip();
    }

    /** @throws UserException if there is not one label for each class */
    void requireCount(int classes, String model) throws UserException {
        if (names.size() != classes) {
            throw new UserException(file + ": " + names.size() + " labels, but " + model + " has " + classes
                    + " classes; give the label file that belongs to this model");
        }
    }
}
