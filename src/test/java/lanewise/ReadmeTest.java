package lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import lanewise.cli.TestFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java program, word for word: it compiles, runs, and prints what the README says. */
class ReadmeTest {
    private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");

    @Test
    void theProgramClassifiesAPicture(@TempDir Path folder) throws Exception {
        Matcher block = JAVA.matcher(Files.readString(Path.of(System.getProperty("basedir", "")).resolve("README.md")));
        assertTrue(block.find(), "the README has no Java program");
        Path source = Files.writeString(folder.resolve("Classify.java"), block.group(1));
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(),
                "-cp", System.getProperty("java.class.path"), source.toString()));

        Path weights = TestFiles.tinyWeights(folder);
        Path picture = TestFiles.picture(folder.resolve("picture.png"), 36, 40, 1);
        List<String> lines = run(folder, weights.toString(), picture.toString());
        assertEquals(5, lines.size(), lines::toString);
        lines.forEach(line -> assertTrue(line.matches(" *\\d \\s*\\d+[.,]\\d %"), line));
    }

    private static List<String> run(Path classes, String... arguments) throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()});
                PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            Method main = loader.loadClass("Classify").getMethod("main", String[].class);
            System.setOut(stream);
            main.invoke(null, (Object) arguments);
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
