package lanewise.peers;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import lanewise.model.Model;
import lanewise.nn.Options;
import lanewise.nn.Session;
import lanewise.tensor.Tensor;
import lanewise.weights.Npy;
import lanewise.weights.WeightException;

/** Lanewise as an engine: a session of its own, all defaults. */
record Lanewise(Session session, Tensor input) implements EngineServer.Engine {
    static Lanewise load(Path model, Path input, int threads) throws WeightException {
        // Model, session and input live as long as the process.
        Model loaded = Model.load(model, Options.standard().withThreads(threads), Map.of());
        Tensor tensor = Npy.read(Arena.global(), input);
        return new Lanewise(loaded.session(tensor.shape()), tensor);
    }

    @Override
    public String version() {
        return "Lanewise, " + (session.plan().vectors() ? "vector" : "scalar") + " kernels";
    }

    @Override
    public float[] run() {
        return session.run(input).toArray();
    }

    public static void main(String[] arguments) throws Exception {
        EngineServer.serve(Lanewise::load, arguments);
    }
}
