package lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;

/** What one command line has answered, run inside the tests' JVM. */
record CommandLineRun(int code, String out, String err) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Runs {@code lanewise} with these arguments, each as its {@code toString} says. */
    static CommandLineRun of(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = Stream.of(args).map(Object::toString).toArray(String[]::new);
        int code = Main.run(texts, out, new PrintWriter(err));
        return new CommandLineRun(code, out.toString(), err.toString());
    }

    /** Checks that all went well and nothing was complained about. */
    CommandLineRun good() {
        assertEquals("", err);
        assertEquals(Main.OK, code);
        return this;
    }

    /** Checks for exit code 2 and one line for people that holds {@code parts}. */
    CommandLineRun bad(String... parts) {
        assertEquals(Main.BAD_INPUT, code, err);
        assertEquals(1, err.lines().count(), err);
        assertTrue(err.startsWith("lanewise: ") && err.endsWith(System.lineSeparator()), err);
        assertFalse(err.contains("Exception") || err.contains("\tat") || err.contains("null"), err);
        for (String part : parts) {
            assertTrue(err.contains(part), "'" + part + "' in " + err);
        }
        return this;
    }

    List<String> lines() {
        return out.lines().toList();
    }

    /** The objects of JSON lines. */
    List<JsonNode> json() {
        return out.lines().map(CommandLineRun::parse).toList();
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
    }
}
