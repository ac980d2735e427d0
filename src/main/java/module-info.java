/** Lanewise: ResNet and R(2+1)D inference on the CPU in pure Java. The kernels stay internal. */
module lanewise {
    requires com.fasterxml.jackson.databind;
    requires java.desktop;
    requires jdk.incubator.vector;
    requires static info.picocli;

    exports lanewise.media;
    exports lanewise.model;
    exports lanewise.nn;
    exports lanewise.tensor;
    exports lanewise.weights;

    opens lanewise.cli to info.picocli;
}
