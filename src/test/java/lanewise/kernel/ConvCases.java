package lanewise.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import lanewise.tensor.Dims;
import lanewise.tensor.Shape;

/** The convolutions that every implementation is tried on. */
final class ConvCases {
    private static final int[] EXTENTS = {1, 2, 3, 5, 7, 8, 13, 16, 17, 31, 32, 33, 53};
    private static final int[] FRAMES = {1, 2, 3, 4, 8, 16};
    private static final int[] KERNELS = {1, 2, 3, 5, 7};
    private static final int[] STRIDES = {1, 2, 3, 5};
    private static final int[] DILATIONS = {1, 2, 3};
    private static final int[] CHANNELS = {1, 3, 4, 7, 8, 13, 15, 16, 17, 31, 32, 33, 65};
    private static final int[] BATCHES = {0, 1, 2, 3};
    private static final int[] THREADS = {1, 2, 3, 4, 7};
    /** Keeps one case below about two milliseconds of scalar arithmetic. */
    private static final long MOST_PRODUCTS = 150_000;

    private ConvCases() {}

    /** Cases at which other libraries have failed or look: borders wider than the map, kernels wider than it, odd channels. */
    static List<ConvCase> fixed() {
        List<ConvCase> cases = new ArrayList<>();
        for (int k : new int[] {1, 3, 5, 7}) {
            for (int p = k / 2; p < k; p++) {
                cases.add(ConvCase.plain(Shape.image(1, 3, 1, 9), 5, new Dims(1, k, 1)).padding(0, p, 0));
            }
        }
        cases.add(ConvCase.plain(Shape.image(1, 3, 10, 10), 5, new Dims(1, 5, 5)).padding(0, 7, 7));
        cases.add(ConvCase.plain(Shape.image(2, 2, 3, 1), 3, new Dims(1, 1, 3)).padding(0, 0, 100));
        cases.add(ConvCase.plain(Shape.image(1, 3, 14, 14), 4, Dims.ONE).stride(1, 14, 14));
        cases.add(ConvCase.plain(Shape.image(1, 3, 14, 5), 4, Dims.ONE).stride(1, 14, 1));
        for (int in : new int[] {19, 20, 21, 23, 25, 27, 28, 29}) {
            for (int out : new int[] {13, 25, 31, 33, 35, 65}) {
                cases.add(ConvCase.plain(Shape.image(1, in, 5, 5), out, Dims.spatial(3)).padding(0, 1, 1));
            }
        }
        cases.add(ConvCase.plain(Shape.image(2, 3, 17, 17), 17, Dims.spatial(3)).stride(1, 2, 2));
        cases.add(ConvCase.plain(new Shape(1, 1, 2, 3, 3), 2, new Dims(2, 1, 1)).stride(5, 1, 1).padding(2, 0, 0));
        cases.add(ConvCase.plain(new Shape(1, 2, 300, 1, 1), 3, Dims.ONE).stride(2, 1, 1));
        cases.add(ConvCase.plain(Shape.image(1, 1, 1, 850), 2, new Dims(1, 1, 30)).dilation(1, 1, 29));
        cases.add(ConvCase.plain(Shape.image(1, 1, 1, 7), 2, new Dims(1, 1, 30)).dilation(1, 1, 29).padding(0, 0, 421));
        int huge = Integer.MAX_VALUE;
        cases.add(ConvCase.plain(Shape.image(2, 3, 5, 9), 4, Dims.ONE).stride(1, huge, huge));
        cases.add(ConvCase.plain(Shape.image(2, 3, 5, 9), 4, Dims.spatial(3)).stride(1, 2, huge - 1).padding(0, 1, 2));
        cases.add(ConvCase.plain(Shape.image(2, 3, 5, 9), 4, Dims.ONE).stride(1, 1, 1 << 30).padding(0, 0, 1 << 30));
        cases.add(ConvCase.plain(Shape.image(2, 3, 5, 9), 4, Dims.ONE).stride(1, 1, 1 << 30).padding(0, 0, huge));
        for (int batch = 4; batch < 64; batch += 7) {
            cases.add(ConvCase.plain(Shape.image(batch, 2, 11, 11), 3, Dims.spatial(2)).padding(0, 1, 0));
        }
        cases.add(ConvCase.plain(Shape.image(3, 4, 9, 9), 7, Dims.spatial(3)).stride(1, 3, 2).padding(0, 2, 1).epilogue(false, true, true));
        cases.add(ConvCase.plain(new Shape(2, 3, 5, 6, 7), 8, new Dims(3, 2, 5)).stride(2, 1, 3).padding(1, 0, 4).dilation(2, 1, 1));
        cases.add(ConvCase.plain(new Shape(2, 6, 8, 5, 5), 9, new Dims(3, 1, 1)).padding(1, 0, 0).epilogue(true, true, false));
        cases.add(ConvCase.plain(Shape.image(1, 65, 9, 9), 65, Dims.spatial(3)).padding(0, 1, 1).groups(65));
        return cases;
    }

    /** Every width and every number of output channels up to one more than two register tiles, odd places included. */
    static List<ConvCase> aroundTheTile(int rows) {
        List<ConvCase> cases = new ArrayList<>();
        for (int w = 1; w <= 2 * Tile.pixels() + 1; w++) {
            cases.add(ConvCase.plain(Shape.image(1, 3, 1, w), rows + 1, Dims.ONE).epilogue(true, true, true));
            cases.add(ConvCase.plain(Shape.image(2, 2, 3, w), 3, Dims.spatial(3)).padding(0, 1, 1).epilogue(true, false, true));
            cases.add(ConvCase.plain(Shape.image(1, 2, 2, w), 3, Dims.ONE).stride(1, 1, 2));
            cases.add(ConvCase.plain(Shape.image(1, 2, 2, w), 3, new Dims(1, 1, 3)).stride(1, 1, 2).padding(0, 0, 1));
            cases.add(ConvCase.plain(Shape.image(1, 2, 2, w), 3, new Dims(1, 1, 3)).stride(1, 1, 5).padding(0, 0, 2));
        }
        for (int outputs = 1; outputs <= 2 * rows + 1; outputs++) {
            cases.add(ConvCase.plain(Shape.image(2, 3, 3, 5), outputs, Dims.spatial(3)).padding(0, 1, 1));
            cases.add(ConvCase.plain(Shape.image(1, 6, 3, 5), 3 * outputs, Dims.ONE).groups(3).threads(3));
        }
        return cases;
    }

    /** A valid case of moderate cost from the cross product of all lists. */
    static ConvCase random(RandomGenerator random) {
        while (true) {
            ConvCase c = anyCase(random);
            if (c.isValid() && c.products() <= MOST_PRODUCTS && c.in().elements() <= MOST_PRODUCTS
                    && c.out().elements() <= MOST_PRODUCTS) {
                return c;
            }
        }
    }

    private static ConvCase anyCase(RandomGenerator random) {
        boolean clip = random.nextBoolean();
        boolean square = random.nextBoolean();
        Dims kernel = kernel(random, clip, square);
        int channels = pick(random, CHANNELS);
        int[] groupChoices = {1, 1, 2, channels};
        int groups = pick(random, groupChoices);
        // Channels of a depthwise convolution come in multiples of the input's.
        int outputs = groups == 1 ? pick(random, CHANNELS) : groups * random.nextInt(1, 4);
        int height = pick(random, EXTENTS);
        Shape in = new Shape(pick(random, BATCHES), channels, clip ? pick(random, FRAMES) : 1, height,
                square ? height : pick(random, EXTENTS));
        Dims stride = dims(random, clip, square, STRIDES);
        Dims dilation = dims(random, clip, square, DILATIONS);
        int pad = padding(random, kernel.h());
        Dims padding = new Dims(clip ? padding(random, kernel.t()) : 0, pad, square ? pad : padding(random, kernel.w()));
        return new ConvCase(in, outputs, kernel, stride, padding, dilation, groups, random.nextBoolean(), random.nextBoolean(),
                random.nextBoolean(), pick(random, THREADS));
    }

    /** 1×1×1, 1×k×k, k×1×1 or k×k×k, or another extent along each axis. */
    private static Dims kernel(RandomGenerator random, boolean clip, boolean square) {
        int k = pick(random, KERNELS);
        int w = square ? k : pick(random, KERNELS);
        if (!clip) {
            return new Dims(1, k, w);
        }
        return switch (random.nextInt(4)) {
            case 0 -> Dims.ONE;
            case 1 -> new Dims(1, k, w);
            case 2 -> new Dims(k, 1, 1);
            default -> new Dims(square ? k : pick(random, KERNELS), k, w);
        };
    }

    private static Dims dims(RandomGenerator random, boolean clip, boolean square, int[] choices) {
        int h = pick(random, choices);
        return new Dims(clip ? pick(random, choices) : 1, h, square ? h : pick(random, choices));
    }

    private static int padding(RandomGenerator random, int kernel) {
        return pick(random, new int[] {0, 1, 2, kernel - 1, kernel, kernel + 1});
    }

    static int pick(RandomGenerator random, int[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
