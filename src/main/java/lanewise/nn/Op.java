package lanewise.nn;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One operation of a lowered network in single-assignment form: it reads earlier values and defines one new one.
 * Value 0 is the network's input.
 */
sealed interface Op {
    int input();

    int value();

    /** A second value read, by residual sums and gates. */
    default OptionalInt other() {
        return OptionalInt.empty();
    }

    /** The layer that this operation comes from, by which it is named. */
    Layer layer();

    /** A convolution, with the batch norm, residual sum and ReLU that fusion has put into it. */
    record Conv(int input, int value, Layer.Conv layer, Optional<Layer.BatchNorm> norm, OptionalInt other, boolean relu)
            implements Op {}

    record BatchNorm(int input, int value, Layer.BatchNorm layer) implements Op {}

    record Relu(int input, int value, Layer.Relu layer) implements Op {}

    record Add(int input, int value, Layer.Residual layer, OptionalInt other, boolean relu) implements Op {}

    /** The second value is N C. */
    record Gate(int input, int value, Layer.Gated layer, OptionalInt other) implements Op {}

    record MaxPool(int input, int value, Layer.MaxPool layer) implements Op {}

    record AvgPool(int input, int value, Layer.AvgPool layer) implements Op {}

    record GlobalAvgPool(int input, int value, Layer.GlobalAvgPool layer) implements Op {}

    record Linear(int input, int value, Layer.Linear layer) implements Op {}

    record Softmax(int input, int value, Layer.Softmax layer) implements Op {}

    record ShortcutA(int input, int value, Layer.ShortcutA layer) implements Op {}
}
