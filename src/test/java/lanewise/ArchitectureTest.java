package lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lanewise.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Packages know each other in one direction only, read from the compiled classes. */
class ArchitectureTest {
    /** What each package may know besides itself. */
    private static final Map<String, Set<String>> KNOWS = Map.of(
            "tensor", Set.of(),
            "kernel", Set.of("tensor"),
            "weights", Set.of("tensor"),
            "nn", Set.of("tensor", "kernel", "weights"),
            "model", Set.of("tensor", "kernel", "weights", "nn"),
            "media", Set.of("tensor", "kernel", "weights", "nn", "model"),
            "cli", Set.of("tensor", "kernel", "weights", "nn", "model", "media"));

    /** A class of ours inside a field or method descriptor or a generic signature. */
    private static final Pattern IN_DESCRIPTOR = Pattern.compile("L(lanewise/[\\w$/]+)[;<]");

    private static final String ROOT = "lanewise/";

    @Test
    void packagesKnowEachOtherInOneDirection() throws IOException {
        List<ClassModel> classes = compiledClasses();
        assertFalse(classes.isEmpty());
        assertEquals(List.of(), violations(classes));
    }

    @Test
    void kernelsAreNotExported() throws IOException {
        ModuleDescriptor module;
        try (InputStream in = Files.newInputStream(classDirectory().resolve("module-info.class"))) {
            module = ModuleDescriptor.read(in);
        }
        List<String> exported = module.exports().stream().map(ModuleDescriptor.Exports::source).toList();
        assertTrue(exported.contains("lanewise.tensor"), "exported: " + exported);
        assertFalse(exported.contains("lanewise.kernel"), "exported: " + exported);
    }

    @Test
    void aWrongArrowIsFoundWhereverItHides() {
        ClassModel calls = classFile("lanewise.tensor.Calls", c -> c.withMethodBody(
                "call", MethodTypeDesc.of(ConstantDescs.CD_void), ClassFile.ACC_STATIC, code -> code
                        .invokestatic(ClassDesc.of("lanewise.cli.Main"), "run", MethodTypeDesc.of(ConstantDescs.CD_void))
                        .return_()));
        ClassModel holds = classFile("lanewise.kernel.Holds", c -> c.withField(
                "weights", ClassDesc.of("lanewise.weights.Weights").arrayType(), ClassFile.ACC_STATIC));
        ClassModel passes = classFile("lanewise.weights.Passes", c -> c.withMethod(
                "pass", MethodTypeDesc.of(ClassDesc.of("lanewise.kernel.Gemm$Tile")), ClassFile.ACC_ABSTRACT, m -> { }));
        ClassModel arrays = classFile("lanewise.nn.Arrays", c -> c.withMethodBody(
                "make", MethodTypeDesc.of(ConstantDescs.CD_void), ClassFile.ACC_STATIC, code -> code
                        .iconst_0()
                        .anewarray(ClassDesc.of("lanewise.model.Model").arrayType())
                        .pop()
                        .return_()));
        assertEquals(
                List.of(
                        "lanewise.tensor.Calls -> lanewise.cli.Main",
                        "lanewise.kernel.Holds -> lanewise.weights.Weights",
                        "lanewise.weights.Passes -> lanewise.kernel.Gemm$Tile",
                        "lanewise.nn.Arrays -> lanewise.model.Model"),
                violations(List.of(calls, holds, passes, arrays)));
    }

    @Test
    void anArrowDownwardsIsAllowedAndAnUnknownPackageIsNot() {
        ClassModel down = classFile("lanewise.cli.Main", c -> c.withField(
                "shape", ClassDesc.of("lanewise.tensor.Shape"), ClassFile.ACC_STATIC));
        ClassModel unknown = classFile("lanewise.misc.Thing", c -> { });
        assertEquals(List.of("lanewise.misc.Thing is in no package of the order"), violations(List.of(down, unknown)));
    }

    /** One line per class that is known against the order. */
    private static List<String> violations(Collection<ClassModel> classes) {
        List<String> violations = new ArrayList<>();
        for (ClassModel model : classes) {
            String name = model.thisClass().asInternalName();
            Set<String> allowed = KNOWS.get(packageOf(name));
            if (allowed == null) {
                violations.add(name.replace('/', '.') + " is in no package of the order");
                continue;
            }
            for (String known : knownClasses(model)) {
                String target = packageOf(known);
                if (!target.equals(packageOf(name)) && !allowed.contains(target)) {
                    violations.add(name.replace('/', '.') + " -> " + known.replace('/', '.'));
                }
            }
        }
        return violations;
    }

    /** All classes of ours that a class names: in code, descriptors, signatures and annotations. */
    private static Set<String> knownClasses(ClassModel model) {
        Set<String> known = new TreeSet<>();
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof ClassEntry type && type.asInternalName().startsWith(ROOT)) {
                known.add(type.asInternalName());
            } else if (entry instanceof Utf8Entry text) {
                IN_DESCRIPTOR.matcher(text.stringValue()).results().map(ArchitectureTest::className).forEach(known::add);
            }
        }
        return known;
    }

    private static String className(MatchResult descriptor) {
        return descriptor.group(1);
    }

    /** {@code weights} of {@code lanewise/weights/pytorch/Pickle}; empty for a class outside every package. */
    private static String packageOf(String internalName) {
        String inside = internalName.substring(ROOT.length());
        return inside.substring(0, Math.max(0, inside.indexOf('/')));
    }

    private static List<ClassModel> compiledClasses() throws IOException {
        List<ClassModel> classes = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classDirectory().resolve("lanewise"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                classes.add(ClassFile.of().parse(file));
            }
        }
        return classes;
    }

    private static Path classDirectory() {
        try {
            return Path.of(Tensor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ClassModel classFile(String name, Consumer<ClassBuilder> content) {
        return ClassFile.of().parse(ClassFile.of().build(ClassDesc.of(name), content));
    }
}
