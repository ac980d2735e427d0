package lanewise.model;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lanewise.tensor.Dims;

/**
 * An option of architectures: something that no weight file says.
 *
 * @param name as users write it
 * @param reader makes the value from text without blanks, or throws {@link IllegalArgumentException}
 * @param usual the value in architectures that do not have the option
 */
record Option<T>(String name, Function<String, T> reader, T usual) {
    /** Added to the variance in batch norm. */
    static final Option<Double> EPSILON = new Option<>("epsilon", text -> epsilon("epsilon", text), 1e-5);
    /** The epsilon of the batch norm between the factors of a convolution, where it is another one. */
    static final Option<Double> INNER_EPSILON = new Option<>("innerEpsilon", text -> epsilon("innerEpsilon", text), 1e-5);
    /** For stages 2 to 4: whether the map is kept and convolutions dilated instead of halving it. */
    static final Option<List<Boolean>> DILATION = new Option<>("replaceStrideWithDilation",
            text -> list("replaceStrideWithDilation", text, 3, "false,true,true", each -> flag("replaceStrideWithDilation", each)),
            List.of(false, false, false));
    /** Whether a bottleneck has its stride on the first 1×1 convolution (He et al. 2015) instead of the 3×3 one (v1.5). */
    static final Option<Boolean> STRIDE_IN_1X1 = flag("strideIn1x1");
    /** Whether the first stage halves the map too. */
    static final Option<Boolean> FIRST_STAGE_HALVES = flag("downsampleInFirstStage");
    /** Whether 2×2 means do what strides of 3×3 convolutions and max-pooling do in other nets: timm's resnetaa. */
    static final Option<Boolean> ANTIALIAS = flag("antialias");
    /** What follows the stem of a video net. */
    static final Option<StemPool> MAX_POOL = new Option<>("maxPool", StemPool::parse, StemPool.NONE);
    /** Stride along time of each stage's first block. */
    static final Option<List<Integer>> TEMPORAL_STRIDES = new Option<>("temporalStrides",
            text -> list("temporalStrides", text, 4, "1,2,2,2", each -> whole("temporalStrides", each, 1)), List.of(1, 2, 2, 2));
    /** Stride along height and width of each stage's first block. */
    static final Option<List<Integer>> SPATIAL_STRIDES = new Option<>("spatialStrides",
            text -> list("spatialStrides", text, 4, "2,2,2,2", each -> whole("spatialStrides", each, 1)), List.of(1, 2, 2, 2));
    static final Option<Integer> STEM_TEMPORAL_STRIDE = new Option<>("stemTemporalStride",
            text -> whole("stemTemporalStride", text, 1), 1);
    /** The window of the average before the classifier, which then runs at each position; zero for the whole map. */
    static final Option<Dims> HEAD_POOL = new Option<>("headPool", Option::window, Dims.ZERO);
    /** Whether the network itself ends with probabilities. */
    static final Option<Boolean> SOFTMAX = flag("softmax");

    private static final int LARGEST = 64;

    private static final Map<String, Option<?>> BY_NAME = Stream.of(EPSILON, INNER_EPSILON, DILATION, STRIDE_IN_1X1,
                    FIRST_STAGE_HALVES, ANTIALIAS, MAX_POOL, TEMPORAL_STRIDES, SPATIAL_STRIDES, STEM_TEMPORAL_STRIDE, HEAD_POOL,
                    SOFTMAX)
            .collect(Collectors.toUnmodifiableMap(Option::name, option -> option));

    /** The option that an assumption names. */
    static Option<?> of(Assumption assumption) {
        return BY_NAME.get(assumption.option());
    }

    private static Option<Boolean> flag(String name) {
        return new Option<>(name, text -> flag(name, text), false);
    }

    private static boolean flag(String name, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(name + " wants true or false, not '" + text + "'");
        };
    }

    private static double epsilon(String name, String text) {
        try {
            double epsilon = Double.parseDouble(text);
            if (epsilon >= 0 && epsilon < 1) {
                return epsilon;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one message below.
        }
        throw new IllegalArgumentException(name + " must be a number from 0 to 1, such as 1e-3, not '" + text + "'");
    }

    private static int whole(String name, String text, int least) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= LARGEST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one message below.
        }
        throw new IllegalArgumentException(name + " wants whole numbers from " + least + " to " + LARGEST + ", not '" + text + "'");
    }

    private static <E> List<E> list(String name, String text, int count, String example, Function<String, E> reader) {
        List<E> values = Arrays.stream(text.split(",", -1)).map(reader).toList();
        if (values.size() != count) {
            throw new IllegalArgumentException(name + " wants " + count + " values, such as " + example + ", not '" + text + "'");
        }
        return values;
    }

    private static Dims window(String text) {
        if (text.equals("whole")) {
            return Dims.ZERO;
        }
        List<Integer> extents = Arrays.stream(text.split("x", -1)).map(each -> whole("headPool", each, 1)).toList();
        if (extents.size() != 3) {
            throw new IllegalArgumentException("headPool wants whole or a window such as 4x7x7, not '" + text + "'");
        }
        return new Dims(extents.get(0), extents.get(1), extents.get(2));
    }
}
