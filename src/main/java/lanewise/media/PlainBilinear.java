package lanewise.media;

/**
 * PyTorch's {@code interpolate(mode="bilinear", align_corners=False, antialias=False)} in float32, rounded half to even
 * back to 8 bits as torchvision's tensor resize does. Same bits as PyTorch 1.13 on x86-64 for a contiguous tensor; its kernel
 * for tensors with interleaved channels rounds in another order, which moves some 3 in 100,000 levels by one.
 */
final class PlainBilinear {
    private PlainBilinear() {}

    /** The crop under {@code window} of the resized picture, with a black border where it reaches beyond. */
    static Picture resize(Picture source, CropWindow window) {
        byte[] rgb = source.rgb();
        byte[] crop = new byte[Math.toIntExact(3L * window.width() * window.height())];
        Neighbours columns = Neighbours.of(source.width(), window.resizedWidth());
        Neighbours rows = Neighbours.of(source.height(), window.resizedHeight());
        for (int y = window.firstRow(); y < window.endRow(); y++) {
            int row = window.top() + y;
            float below = rows.fraction(row);
            float above = 1 - below;
            int upper = 3 * source.width() * rows.low(row);
            int lower = 3 * source.width() * rows.high(row);
            for (int x = window.firstColumn(); x < window.endColumn(); x++) {
                int column = window.left() + x;
                float right = columns.fraction(column);
                float left = 1 - right;
                int from = 3 * columns.low(column);
                int to = 3 * columns.high(column);
                int target = 3 * (y * window.width() + x);
                for (int c = 0; c < 3; c++) {
                    float top = mix(rgb[upper + from + c] & 0xFF, left, rgb[upper + to + c] & 0xFF, right);
                    float bottom = mix(rgb[lower + from + c] & 0xFF, left, rgb[lower + to + c] & 0xFF, right);
                    crop[target + c] = (byte) (int) Math.rint(mix(top, above, bottom, below));
                }
            }
        }
        return new Picture(window.width(), window.height(), crop);
    }

    /** Rounded as PyTorch's AVX2 kernel rounds: the second product on its own, the first one with the sum. */
    private static float mix(float first, float firstWeight, float second, float secondWeight) {
        return Math.fma(first, firstWeight, second * secondWeight);
    }

    /**
     * The two source positions around a target position along one axis.
     *
     * @param in source extent
     * @param scale source positions per target position
     */
    private record Neighbours(int in, float scale) {
        static Neighbours of(int in, int out) {
            return new Neighbours(in, (float) in / out);
        }

        /** In double from a float scale, as PyTorch computes it. */
        private double position(int target) {
            return Math.max(scale * (target + 0.5) - 0.5, 0);
        }

        int low(int target) {
            return Math.min((int) position(target), in - 1);
        }

        int high(int target) {
            return Math.min(low(target) + 1, in - 1);
        }

        float fraction(int target) {
            return (float) Math.min(position(target) - low(target), 1);
        }
    }
}
