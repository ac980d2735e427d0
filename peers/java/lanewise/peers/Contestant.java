package lanewise.peers;

/** The engines, each a main class of its own and one kind of model file. */
enum Contestant {
    LANEWISE("Lanewise", "Lanewise", ".safetensors"),
    ONNX_RUNTIME("ONNX Runtime", "OnnxRuntime", ".onnx"),
    ONNX_RUNTIME_2D("ONNX Runtime, 2-D rewrite", "OnnxRuntime", "-2d.onnx"),
    PYTORCH("PyTorch", "PyTorch", ".pt");

    private final String title;
    private final String simpleName;
    private final String suffix;

    Contestant(String title, String simpleName, String suffix) {
        this.title = title;
        this.simpleName = simpleName;
        this.suffix = suffix;
    }

    String title() {
        return title;
    }

    /** By name: the native engines are compiled only where Maven was asked for them. */
    String mainClass() {
        return Contestant.class.getPackageName() + "." + simpleName;
    }

    String suffix() {
        return suffix;
    }
}
