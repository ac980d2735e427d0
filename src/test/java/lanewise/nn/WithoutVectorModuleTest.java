package lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lanewise.model.Architectures;
import lanewise.model.Model;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** In JVMs that cannot run vectors at speed: an error that names the flag, and the scalar kernels where asked for. */
class WithoutVectorModuleTest {
    private static final List<String> WITH_MODULE = List.of("--add-modules=jdk.incubator.vector");

    /** Classifies with a small network; the JVM under test runs this. */
    static final class Program {
        public static void main(String[] args) throws Exception {
            Options options = args[0].equals("scalar") ? Options.standard().scalar() : Options.standard();
            try (Arena arena = Arena.ofShared();
                    Model model = Model.seeded(Architectures.named("cifar_resnet20").orElseThrow(), options)) {
                Tensor logits = model.run(arena, Tensor.allocate(arena, Shape.image(1, 3, 32, 32)));
                System.out.println("logits " + logits.shape().c());
            } catch (IllegalStateException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }

    @Test
    void missingModuleIsAnErrorThatNamesTheFlag() throws Exception {
        String answer = run(List.of(), "vectors");
        assertTrue(answer.startsWith("refused: ") && answer.contains("--add-modules jdk.incubator.vector"), answer);
    }

    @Test
    void vectorsRunWithTheModule() throws Exception {
        assertEquals("logits 10", run(WITH_MODULE, "vectors"));
    }

    @Test
    void scalarKernelsNeedNoModule() throws Exception {
        assertEquals("logits 10", run(List.of(), "scalar"));
    }

    @Test
    void switchedOffCompilerIsAnErrorThatNamesTheFlag() throws Exception {
        String interpreted = run(add(WITH_MODULE, "-Xint"), "vectors");
        assertTrue(interpreted.startsWith("refused: ") && interpreted.contains("-Xint"), interpreted);
        String quick = run(add(WITH_MODULE, "-XX:TieredStopAtLevel=1"), "vectors");
        assertTrue(quick.startsWith("refused: ") && quick.contains("-XX:TieredStopAtLevel"), quick);
    }

    private static List<String> add(List<String> flags, String flag) {
        List<String> all = new ArrayList<>(flags);
        all.add(flag);
        return all;
    }

    private static String run(List<String> flags, String kernels) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName(), kernels));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        environment.remove("JAVA_TOOL_OPTIONS");
        environment.remove("JDK_JAVA_OPTIONS");
        Process process = builder.start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return answer;
    }
}
