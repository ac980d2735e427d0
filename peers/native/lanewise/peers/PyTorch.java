package lanewise.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** PyTorch: TorchScript, frozen and optimised for inference, which hands the convolutions to oneDNN. */
record PyTorch(String version, JitModule module, IValueVector input) implements EngineServer.Engine {
    private static final Pattern ONE_DNN = Pattern.compile("MKL-DNN (v[0-9.]+)");

    static PyTorch load(Path model, Path input, int threads) throws IOException {
        torch.set_num_threads(threads);
        torch.set_num_interop_threads(1);
        JitModule module = torch.load(model.toString());
        module.eval();
        DirectInput tensor = DirectInput.read(input);
        Tensor values = torch.from_blob(new FloatPointer(tensor.values()), tensor.shape()).clone();
        return new PyTorch("PyTorch " + Loader.getVersion("org.bytedeco", "pytorch") + ", " + oneDnn(),
                torch.optimize_for_inference(module), new IValueVector(new IValue(values)));
    }

    /** oneDNN and its version, by an older name, from what the build says of itself; without it this would be no peer. */
    private static String oneDnn() {
        Matcher matcher = ONE_DNN.matcher(torch.show_config().getString());
        if (!matcher.find()) {
            throw new IllegalStateException("this PyTorch is built without oneDNN");
        }
        return "oneDNN " + matcher.group(1);
    }

    @Override
    public float[] run() {
        try (var _ = new PointerScope(); var _ = new InferenceMode()) {
            Tensor result = module.forward(input).toTensor().contiguous();
            float[] logits = new float[Math.toIntExact(result.numel())];
            result.data_ptr_float().get(logits);
            return logits;
        }
    }

    public static void main(String[] arguments) throws Exception {
        EngineServer.serve(PyTorch::load, arguments);
    }
}
