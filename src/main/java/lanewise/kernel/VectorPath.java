package lanewise.kernel;

/** Whether vector kernels run at full speed in this JVM, and what to do if not. */
public final class VectorPath {
    private static final String MODULE = "jdk.incubator.vector";

    private VectorPath() {}

    /**
     * Makes sure that vector kernels are compiled to vector instructions; without that they would be hundreds of times
     * slower than plain loops.
     *
     * @throws IllegalStateException naming the flag to add or to drop
     */
    public static void require() {
        require(ModuleLayer.boot().findModule(MODULE).isPresent(), System.getProperty("java.vm.name", ""),
                System.getProperty("java.vm.info", ""));
    }

    static void require(boolean module, String vm, String info) {
        if (!module) {
            throw new IllegalStateException("the vector module is missing: start java with --add-modules " + MODULE
                    + ", or ask for the scalar kernels");
        }
        if (!vm.contains("HotSpot") && !vm.contains("OpenJDK")) {
            throw new IllegalStateException("the virtual machine '" + vm + "' is not HotSpot, whose C2 compiler the vector"
                    + " kernels need: use an OpenJDK build, or ask for the scalar kernels");
        }
        if (info.contains("interpreted") || info.contains("emulated-client")) {
            throw new IllegalStateException("the C2 compiler is switched off (" + info
                    + "): drop -Xint and -XX:TieredStopAtLevel, or ask for the scalar kernels");
        }
    }
}
