package lanewise.media;

/**
 * Pillow's antialiased resize of 8-bit pictures, bilinear or bicubic, bit for bit: a horizontal pass to 8 bits, then a
 * vertical one, with weights in fixed point of 22 fractional bits ({@code src/libImaging/Resample.c}).
 */
final class AntialiasedResize {
    private static final int FRACTION_BITS = 32 - 8 - 2;
    private static final int HALF = 1 << (FRACTION_BITS - 1);

    /** The weight of a source pixel by its distance from the centre of a target pixel. */
    enum Filter {
        BILINEAR(1) {
            @Override
            double weight(double distance) {
                return Math.max(0, 1 - Math.abs(distance));
            }
        },
        /** Keys 1981, with a = -0.5. */
        BICUBIC(2) {
            @Override
            double weight(double distance) {
                double x = Math.abs(distance);
                return x < 1 ? (1.5 * x - 2.5) * x * x + 1
                        : x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5
                        : 0;
            }
        };

        private final double reach;

        Filter(double reach) {
            this.reach = reach;
        }

        abstract double weight(double distance);
    }

    private AntialiasedResize() {}

    /** The crop under {@code window} of the resized picture, with a black border where it reaches beyond. */
    static Picture resize(Picture source, CropWindow window, Filter filter) {
        byte[] crop = new byte[Math.toIntExact(3L * window.width() * window.height())];
        Taps rows = Taps.of(
                filter,
                source.height(),
                window.resizedHeight(),
                window.top() + window.firstRow(),
                window.top() + window.endRow());
        Taps columns = Taps.of(
                filter,
                source.width(),
                window.resizedWidth(),
                window.left() + window.firstColumn(),
                window.left() + window.endColumn());
        int firstSourceRow = rows.first[0];
        int endSourceRow = rows.first[rows.count() - 1] + rows.weights[rows.count() - 1].length;
        int stride = 3 * columns.count();
        byte[] narrow = new byte[Math.multiplyExact(stride, endSourceRow - firstSourceRow)];
        for (int y = firstSourceRow; y < endSourceRow; y++) {
            horizontal(source, y, columns, narrow, (y - firstSourceRow) * stride);
        }
        for (int i = 0; i < rows.count(); i++) {
            int target = 3 * ((window.firstRow() + i) * window.width() + window.firstColumn());
            vertical(narrow, (rows.first[i] - firstSourceRow) * stride, stride, rows.weights[i], crop, target);
        }
        return new Picture(window.width(), window.height(), crop);
    }

    private static void horizontal(Picture source, int y, Taps columns, byte[] out, int target) {
        byte[] rgb = source.rgb();
        int row = 3 * y * source.width();
        for (int i = 0; i < columns.count(); i++) {
            int r = HALF;
            int g = HALF;
            int b = HALF;
            int from = row + 3 * columns.first[i];
            for (int weight : columns.weights[i]) {
                r += (rgb[from] & 0xFF) * weight;
                g += (rgb[from + 1] & 0xFF) * weight;
                b += (rgb[from + 2] & 0xFF) * weight;
                from += 3;
            }
            out[target + 3 * i] = level(r);
            out[target + 3 * i + 1] = level(g);
            out[target + 3 * i + 2] = level(b);
        }
    }

    private static void vertical(byte[] in, int from, int stride, int[] weights, byte[] out, int target) {
        int[] sums = new int[stride];
        for (int k = 0; k < weights.length; k++) {
            int weight = weights[k];
            int row = from + k * stride;
            for (int x = 0; x < stride; x++) {
                sums[x] += (in[row + x] & 0xFF) * weight;
            }
        }
        for (int x = 0; x < stride; x++) {
            out[target + x] = level(sums[x] + HALF);
        }
    }

    private static byte level(int fixed) {
        return (byte) Math.clamp(fixed >> FRACTION_BITS, 0, 255);
    }

    /** For each target position: the first source position and the fixed-point weight of each one from there. */
    private record Taps(int[] first, int[][] weights) {
        int count() {
            return first.length;
        }

        static Taps of(Filter filter, int in, int out, int begin, int end) {
            double scale = (double) in / out;
            double stretch = Math.max(scale, 1.0);
            double support = filter.reach * stretch;
            int[] first = new int[end - begin];
            int[][] weights = new int[end - begin][];
            for (int i = begin; i < end; i++) {
                double center = (i + 0.5) * scale;
                int from = Math.max((int) (center - support + 0.5), 0);
                int to = Math.min((int) (center + support + 0.5), in);
                first[i - begin] = from;
                weights[i - begin] = weights(filter, from, to, center, 1.0 / stretch);
            }
            return new Taps(first, weights);
        }

        private static int[] weights(Filter filter, int from, int to, double center, double slope) {
            double[] heights = new double[to - from];
            double sum = 0;
            for (int k = 0; k < heights.length; k++) {
                heights[k] = filter.weight((k + from - center + 0.5) * slope);
                sum += heights[k];
            }
            int[] fixed = new int[heights.length];
            for (int k = 0; k < heights.length; k++) {
                double weight = sum == 0 ? 0 : heights[k] / sum;
                fixed[k] = (int) (Math.copySign(0.5, weight) + weight * (1 << FRACTION_BITS));
            }
            return fixed;
        }
    }
}
