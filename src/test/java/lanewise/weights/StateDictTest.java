package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lanewise.weights.PickleValue.Dict;
import lanewise.weights.PickleValue.Item;
import lanewise.weights.PickleValue.Storage;
import lanewise.weights.PickleValue.Tensor;
import lanewise.weights.PickleValue.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDictTest {
    private static final int STORED = 65_536;

    @TempDir
    private Path folder;

    /** Each tensor is all of one storage: a file of 256 kB may claim 5 MiB, which is 20 such tensors. */
    @Test
    void tensorsThatShareAStorageAreCountedEach() throws Exception {
        assertEquals(20, locate(20).size());
        WeightException e = assertThrows(WeightException.class, () -> locate(21));
        assertEquals("w20", e.place());
        assertTrue(e.getMessage().contains("at most 5242880 bytes as float32 in a file of 262144, found at least 5505024"),
                e.getMessage());
    }

    /** Training scripts keep the optimizer's tensors beside the weights; only the weights are meant. */
    @Test
    void whatLiesBesideTheWeightsIsLeftOut() throws Exception {
        Path path = Files.write(folder.resolve("values"), new byte[STORED * Float.BYTES]);
        Tensor tensor = new Tensor(new Storage("0", DType.F32, STORED, 0, STORED), 0, List.of(STORED), List.of(1L));
        for (String wrapper : List.of("state_dict", "model_state", "model", "model_state_dict", "net")) {
            Dict weights = new Dict(true);
            weights.items().add(new Item(new Text("module.fc.weight"), tensor));
            Dict optimizer = new Dict(true);
            optimizer.items().add(new Item(new Text("momentum"), tensor));
            Dict top = new Dict(true);
            top.items().add(new Item(new Text("optimizer"), optimizer));
            top.items().add(new Item(new Text(wrapper), weights));
            try (FileBytes file = FileBytes.open(path)) {
                StateDict.Location location = new StateDict.Location(0, StoredTensor.Check.NONE);
                assertEquals(List.of("module.fc.weight"), List.copyOf(StateDict.of(top, file, new Budget(file))
                        .located(Map.of("0", location), ByteOrder.LITTLE_ENDIAN).keySet()), wrapper);
            }
        }
    }

    private Map<String, WeightTensor> locate(int tensors) throws Exception {
        Path path = Files.write(folder.resolve("values"), new byte[STORED * Float.BYTES]);
        Storage storage = new Storage("0", DType.F32, STORED, 0, STORED);
        Dict dict = new Dict(true);
        for (int i = 0; i < tensors; i++) {
            dict.items().add(new Item(new Text("w" + i), new Tensor(storage, 0, List.of(STORED), List.of(1L))));
        }
        StateDict.Location location = new StateDict.Location(0, StoredTensor.Check.NONE);
        try (FileBytes file = FileBytes.open(path)) {
            return StateDict.of(dict, file, new Budget(file)).located(Map.of("0", location), ByteOrder.LITTLE_ENDIAN);
        }
    }
}
