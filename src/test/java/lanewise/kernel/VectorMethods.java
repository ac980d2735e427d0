package lanewise.kernel;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The methods of this package that call the Vector API, found in the class files; constants of classes are made once. */
public final class VectorMethods {
    private VectorMethods() {}

    /** Each as {@code holder name}; methods of one name count as one. */
    public static SortedSet<String> names() throws IOException, URISyntaxException {
        Path folder = Path.of(Kernel.class.getResource("Kernel.class").toURI()).getParent();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".class")).flatMap(VectorMethods::names)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Stream<String> names(Path file) {
        try {
            var model = ClassFile.of().parse(file);
            String holder = model.thisClass().asInternalName().replace('/', '.');
            return model.methods().stream()
                    .filter(method -> !method.methodName().equalsString("<clinit>") && callsVectors(method))
                    .map(method -> holder + " " + method.methodName().stringValue());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean callsVectors(MethodModel method) {
        return method.code().stream().flatMap(code -> code.elementStream())
                .anyMatch(element -> element instanceof InvokeInstruction call
                        && call.owner().asInternalName().startsWith("jdk/incubator/vector/")
                        && call.owner().asInternalName().endsWith("Vector"));
    }
}
