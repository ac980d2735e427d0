package lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import lanewise.tensor.Dims;
import lanewise.weights.WeightTensor;
import org.junit.jupiter.api.Test;

/** A layer whose tensors do not belong together is refused when it is made. */
class LayerTest {
    private static WeightTensor tensor(String name, int... dims) {
        return Nets.WEIGHTS.take(name, dims);
    }

    private static Layer.Conv conv(WeightTensor weight, Optional<WeightTensor> bias, Dims kernel, int groups) {
        return new Layer.Conv("conv", weight, bias, kernel, Dims.ONE, Dims.ZERO, Dims.ONE, groups);
    }

    private static void refused(Runnable layer, String tensor) {
        String message = assertThrows(IllegalArgumentException.class, layer::run).getMessage();
        assertTrue(message.contains(tensor), message);
    }

    @Test
    void convolutions() {
        WeightTensor flat = tensor("w2", 4, 3, 3, 3);
        WeightTensor deep = tensor("w3", 4, 3, 3, 1, 1);
        assertEquals(6, conv(flat, Optional.of(tensor("b", 4)), Dims.spatial(3), 2).inChannels());
        assertEquals(3, conv(deep, Optional.empty(), new Dims(3, 1, 1), 1).inChannels());
        refused(() -> conv(flat, Optional.empty(), Dims.ONE, 1), "w2");
        refused(() -> conv(flat, Optional.empty(), new Dims(3, 3, 3), 1), "w2");
        refused(() -> conv(deep, Optional.empty(), new Dims(1, 1, 3), 1), "w3");
        refused(() -> conv(flat, Optional.of(tensor("b", 3)), Dims.spatial(3), 1), "b");
        refused(() -> conv(tensor("w1", 4), Optional.empty(), Dims.ONE, 1), "w1");
    }

    @Test
    void normsAndClassifiers() {
        WeightTensor four = tensor("four", 4);
        WeightTensor five = tensor("five", 5);
        refused(() -> new Layer.BatchNorm("bn", four, five, four, four, 1e-5), "five");
        refused(() -> new Layer.BatchNorm("bn", four, four, five, four, 1e-5), "five");
        refused(() -> new Layer.BatchNorm("bn", four, four, four, five, 1e-5), "five");
        refused(() -> new Layer.Linear("fc", tensor("w", 4, 7), five), "five");
        refused(() -> new Layer.Linear("fc", four, four), "four");
    }
}
