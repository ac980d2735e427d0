package lanewise.model;

/** The two residual blocks of He et al. 2015. */
public enum Block {
    /** Two convolutions. */
    BASIC(1),
    /** Pointwise down, a convolution, pointwise up to four times the planes. */
    BOTTLENECK(4);

    final int expansion;

    Block(int expansion) {
        this.expansion = expansion;
    }

    /** Convolutions on the longest way through blocks of this kind, a stem and a classifier. */
    int depth(int blocks) {
        return (this == BASIC ? 2 : 3) * blocks + 2;
    }
}
