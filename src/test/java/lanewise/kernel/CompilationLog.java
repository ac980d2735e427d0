package lanewise.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What C2 did, from the file that HotSpot writes with {@code -XX:+LogCompilation}: one element a line, a task for each
 * compilation, and in it what was parsed into it. Methods are named {@code holder name}.
 *
 * @param compiled methods whose own last compilation succeeded and used vector intrinsics, and those inlined into them
 * @param faults what went wrong, in words
 */
record CompilationLog(Set<String> compiled, List<String> faults) {
    private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)='([^']*)'");
    private static final String VECTOR_SUPPORT = "jdk.internal.vm.vector.VectorSupport ";

    /** Where a call stays that should have been inlined: the method has grown too large or too deep. */
    private static final Pattern TOO_LARGE = Pattern.compile(
            ".*NodeCountInliningCutoff|.*DesiredMethodLimit|.*too deep|.*MaxForceInlineLevel");

    /** One compilation while it is read. */
    private static final class Task {
        final String method;
        final double stamp;
        final Map<String, String> classes = new HashMap<>();
        final Map<String, String> methods = new HashMap<>();
        final Set<String> parsed = new TreeSet<>();
        final List<String> faults = new ArrayList<>();
        String called = "";
        boolean vectors;
        boolean done;

        Task(String method, double stamp) {
            this.method = method;
            this.stamp = stamp;
        }

        void take(String element, Map<String, String> a) {
            switch (element) {
                case "klass" -> classes.put(a.get("id"), a.get("name"));
                case "method" -> methods.put(a.get("id"), classes.get(a.get("holder")) + " " + a.get("name"));
                case "call", "late_inline" -> called = methods.getOrDefault(a.get("method"), "");
                case "intrinsic" -> vectors |= a.get("id").startsWith("_Vector");
                case "parse" -> parse(methods.getOrDefault(a.get("method"), ""));
                case "inline_fail" -> {
                    if (TOO_LARGE.matcher(a.get("reason")).matches() && called.contains("vector")) {
                        faults.add(method + " calls " + called + ": " + a.get("reason"));
                    }
                }
                case "failure" -> faults.add(method + ": " + a.get("reason"));
                case "task_done" -> done = a.get("success").equals("1");
                default -> { }
            }
        }

        /** The Java body of a vector operation is compiled only where its intrinsic was refused. */
        private void parse(String inlined) {
            parsed.add(inlined);
            if (inlined.startsWith(VECTOR_SUPPORT) && inlined.endsWith("Op")) {
                faults.add(method + " has no instruction for " + inlined);
            }
        }
    }

    /** Reads the compilations of the methods of one package by C2. */
    static CompilationLog read(Path file, String ofPackage) throws IOException {
        Map<String, Task> last = new HashMap<>();
        List<String> faults = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            Task task = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String element = line.strip().replaceFirst("^<(\\w+).*", "$1");
                Map<String, String> attributes = attributes(line);
                if (element.equals("make_not_compilable") && attributes.get("method").startsWith(ofPackage)) {
                    faults.add(attributes.get("method") + " is not compilable: " + attributes.get("reason"));
                }
                if (element.equals("task")) {
                    boolean wanted = attributes.get("method").startsWith(ofPackage)
                            && attributes.getOrDefault("level", "4").equals("4") && !attributes.containsKey("osr_bci");
                    task = wanted ? new Task(name(attributes.get("method")), Double.parseDouble(attributes.get("stamp"))) : null;
                } else if (task != null) {
                    task.take(element, attributes);
                    if (element.equals("task_done")) {
                        last.merge(task.method, task, (a, b) -> a.stamp > b.stamp ? a : b);
                        task = null;
                    }
                }
            }
        }
        Set<String> compiled = new TreeSet<>();
        for (Task task : last.values()) {
            faults.addAll(task.faults);
            if (task.done && task.vectors) {
                compiled.addAll(task.parsed);
            }
        }
        return new CompilationLog(compiled, faults);
    }

    /** {@code holder name (arguments)result} without its types. */
    private static String name(String method) {
        return method.substring(0, method.indexOf(' ', method.indexOf(' ') + 1));
    }

    private static Map<String, String> attributes(String line) {
        Map<String, String> attributes = new HashMap<>();
        for (Matcher each = ATTRIBUTE.matcher(line); each.find();) {
            attributes.put(each.group(1), each.group(2));
        }
        return attributes;
    }
}
