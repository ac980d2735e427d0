package lanewise.peers;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.IntStream;

/** What a user of ONNX Runtime writes to see one prediction: model, input and threads on the command line. */
final class OnnxAnswer {
    private OnnxAnswer() {}

    public static void main(String[] arguments) throws Exception {
        float[] logits = OnnxRuntime.load(Path.of(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2])).run();
        int best = IntStream.range(0, logits.length).boxed().max(Comparator.comparing(i -> logits[i])).orElseThrow();
        System.out.println(best + " " + logits[best]);
    }
}
