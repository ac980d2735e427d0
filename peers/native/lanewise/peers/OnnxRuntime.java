package lanewise.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** ONNX Runtime with all graph optimisations, its batch size known when it plans. */
record OnnxRuntime(String version, OrtSession session, Map<String, OnnxTensor> input) implements EngineServer.Engine {
    static OnnxRuntime load(Path model, Path input, int threads) throws OrtException, IOException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        DirectInput tensor = DirectInput.read(input);
        SessionOptions options = new SessionOptions();
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.setSymbolicDimensionValue("batch", tensor.shape()[0]);
        return new OnnxRuntime("ONNX Runtime " + environment.getVersion(),
                environment.createSession(model.toString(), options),
                Map.of("input", OnnxTensor.createTensor(environment, tensor.values(), tensor.shape())));
    }

    @Override
    public float[] run() throws OrtException {
        try (OrtSession.Result result = session.run(input)) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] logits = new float[values.remaining()];
            values.get(logits);
            return logits;
        }
    }

    public static void main(String[] arguments) throws Exception {
        EngineServer.serve(OnnxRuntime::load, arguments);
    }
}
