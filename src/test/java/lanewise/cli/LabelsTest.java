package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelsTest {
    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("labels.txt"), text);
    }

    private void refused(Path file, String part) {
        String message = assertThrows(UserException.class, () -> Labels.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(part), message);
    }

    @Test
    void linesOfAllEditors() throws IOException, UserException {
        assertEquals(List.of("cat", "", "Füchse", "a b"), Labels.read(file("\uFEFFcat\r\n\nFüchse\na\tb\n\n\n")).names());
        assertEquals(List.of("only"), Labels.read(file("only")).names());
    }

    @Test
    void theLimitsAreExact() throws IOException, UserException {
        assertEquals(Labels.MAX_LINES, Labels.read(file("x\n".repeat(Labels.MAX_LINES))).names().size());
        refused(file("x\n".repeat(Labels.MAX_LINES + 1)), "more than 100000 labels");
        assertEquals(Labels.MAX_BYTES, Labels.read(file("x".repeat(Labels.MAX_BYTES))).names().getFirst().length());
        refused(file("x".repeat(Labels.MAX_BYTES + 1)), "larger than 1 MiB");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        refused(file(""), "empty");
        refused(folder, "not a regular file");
        refused(folder.resolve("none.txt"), "no such");
        refused(Files.write(folder.resolve("latin1.txt"), new byte[] {'F', (byte) 0xFC, 'c', 'h', 's'}), "UTF-8");
    }
}
