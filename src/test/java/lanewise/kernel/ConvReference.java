package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/** The convolution straight from its definition, in three kinds of arithmetic. */
final class ConvReference {
    private static final long EXACT_IN_FLOAT = 1L << 24;

    private final ConvCase c;
    private final ConvData data;
    private final Shape in;
    private final Shape out;
    private final int channels;

    ConvReference(ConvCase c, ConvData data) {
        this.c = c;
        this.data = data;
        in = c.in();
        out = c.out();
        channels = in.c() / c.groups();
    }

    /** Receives what one output element is made of. */
    private interface Products {
        /** A weight and the input element under it. */
        void inside(int weight, int input);

        /** A weight over padding. */
        void padding(int weight);
    }

    private interface Element {
        void at(int index, int n, int o, int t, int y, int x);
    }

    private void forEachElement(Element element) {
        int index = 0;
        for (int n = 0; n < out.n(); n++) {
            for (int o = 0; o < out.c(); o++) {
                for (int t = 0; t < out.t(); t++) {
                    for (int y = 0; y < out.h(); y++) {
                        for (int x = 0; x < out.w(); x++) {
                            element.at(index++, n, o, t, y, x);
                        }
                    }
                }
            }
        }
    }

    /** Kernel positions outermost, channels innermost: the order that {@link Conv} promises. */
    private void forEachProduct(int n, int o, int t, int y, int x, Products products) {
        Dims k = c.kernel();
        int group = o / (c.outputs() / c.groups());
        for (int kt = 0; kt < k.t(); kt++) {
            long inT = (long) t * c.stride().t() + kt * c.dilation().t() - c.padding().t();
            for (int ky = 0; ky < k.h(); ky++) {
                long inY = (long) y * c.stride().h() + ky * c.dilation().h() - c.padding().h();
                for (int kx = 0; kx < k.w(); kx++) {
                    long inX = (long) x * c.stride().w() + kx * c.dilation().w() - c.padding().w();
                    boolean inside = 0 <= inT && inT < in.t() && 0 <= inY && inY < in.h() && 0 <= inX && inX < in.w();
                    for (int i = 0; i < channels; i++) {
                        int weight = (((o * channels + i) * k.t() + kt) * k.h() + ky) * k.w() + kx;
                        if (inside) {
                            int channel = group * channels + i;
                            long at = (((n * in.c() + channel) * in.t() + inT) * in.h() + inY) * in.w() + inX;
                            products.inside(weight, (int) at);
                        } else {
                            products.padding(weight);
                        }
                    }
                }
            }
        }
    }

    /** Integer data in {@code long}, and a check that float32 can hold every partial sum. */
    float[] exact() {
        float[] result = new float[out.elements()];
        LongSum sum = new LongSum();
        forEachElement((index, n, o, t, y, x) -> {
            sum.clear();
            forEachProduct(n, o, t, y, x, sum);
            sum.add((long) data.bias()[o]);
            sum.add(c.residual() ? (long) data.residual()[index] : 0);
            assertTrue(sum.magnitude < EXACT_IN_FLOAT);
            result[index] = c.relu() ? Math.max(0, sum.value) : sum.value;
        });
        return result;
    }

    /** Values and magnitudes in {@code double}. */
    record Bounded(double[] values, double[] magnitudes) {}

    Bounded bounded() {
        double[] values = new double[out.elements()];
        double[] magnitudes = new double[out.elements()];
        DoubleSum sum = new DoubleSum();
        forEachElement((index, n, o, t, y, x) -> {
            sum.clear();
            forEachProduct(n, o, t, y, x, sum);
            sum.add(data.bias()[o]);
            sum.add(c.residual() ? data.residual()[index] : 0);
            values[index] = c.relu() ? Math.max(0, sum.value) : sum.value;
            magnitudes[index] = sum.magnitude;
        });
        return new Bounded(values, magnitudes);
    }

    /** The chain of fused multiply-adds in float32 that {@link Conv} promises, bit by bit. */
    float[] chain() {
        float[] result = new float[out.elements()];
        Chain chain = new Chain();
        forEachElement((index, n, o, t, y, x) -> {
            chain.value = 0;
            forEachProduct(n, o, t, y, x, chain);
            float v = chain.value + data.bias()[o];
            v = c.residual() ? v + data.residual()[index] : v;
            result[index] = c.relu() && v < 0 ? 0 : v;
        });
        return result;
    }

    private final class LongSum implements Products {
        private long value;
        private long magnitude;

        void clear() {
            value = 0;
            magnitude = 0;
        }

        void add(long term) {
            value += term;
            magnitude += Math.abs(term);
        }

        @Override
        public void inside(int weight, int input) {
            add((long) data.weights()[weight] * (long) data.input()[input]);
        }

        @Override
        public void padding(int weight) {}
    }

    private final class DoubleSum implements Products {
        private double value;
        private double magnitude;

        void clear() {
            value = 0;
            magnitude = 0;
        }

        void add(double term) {
            value += term;
            magnitude += Math.abs(term);
        }

        @Override
        public void inside(int weight, int input) {
            add((double) data.weights()[weight] * data.input()[input]);
        }

        @Override
        public void padding(int weight) {}
    }

    private final class Chain implements Products {
        private float value;

        @Override
        public void inside(int weight, int input) {
            value = Math.fma(data.weights()[weight], data.input()[input], value);
        }

        @Override
        public void padding(int weight) {
            float w = data.weights()[weight];
            if (Float.isFinite(w)) {
                value = Math.fma(w, 0f, value);
            }
        }
    }
}
