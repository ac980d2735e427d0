package lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TensorTest {
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void theSegmentHasExactlyTheBytesOfTheShape() {
        Shape shape = Shape.vector(1, 3);
        assertEquals(shape, new Tensor(shape, arena.allocate(12)).shape());
        assertThrows(IllegalArgumentException.class, () -> new Tensor(shape, arena.allocate(11)));
        assertThrows(IllegalArgumentException.class, () -> new Tensor(shape, arena.allocate(13)));
        assertThrows(IllegalArgumentException.class, () -> new Tensor(shape, arena.allocate(16)));
    }

    @Test
    void aHeapSegmentIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Tensor(Shape.vector(1, 3), MemorySegment.ofArray(new float[3])));
    }

    @Test
    void allocatesZerosOnACacheLine() {
        for (int i = 0; i < 5; i++) {
            Tensor tensor = Tensor.allocate(arena, Shape.vector(1, 3));
            assertEquals(0, tensor.data().address() % Tensor.ALIGNMENT);
            assertArrayEquals(new float[3], tensor.toArray());
        }
    }

    @Test
    void valuesAreInRowMajorOrder() {
        Tensor tensor = counting(new Shape(2, 3, 2, 2, 4));
        int i = 0;
        for (int n = 0; n < 2; n++) {
            for (int c = 0; c < 3; c++) {
                for (int t = 0; t < 2; t++) {
                    for (int y = 0; y < 2; y++) {
                        for (int x = 0; x < 4; x++) {
                            assertEquals(i, tensor.get(n, c, t, y, x));
                            assertEquals(i, tensor.get(i));
                            i++;
                        }
                    }
                }
            }
        }
        tensor.set(1, 2, 1, 1, 3, -5);
        assertEquals(-5, tensor.get(95));
    }

    @Test
    void theNumberOfValuesMustFit() {
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(arena, Shape.vector(1, 3), 1, 2));
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(arena, Shape.vector(1, 3), 1, 2, 3, 4));
    }

    @Test
    void anIndexOutsideItsAxisIsRefusedThoughTheFlatIndexWouldLieInside() {
        Tensor tensor = counting(Shape.image(1, 2, 3, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(0, 0, 0, 0, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(0, 0, 0, 3, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(0, 0, 1, 0, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(0, 1, 0, -1, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> tensor.set(24, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> tensor.get(-1));
    }

    @Test
    void aSampleIsAView() {
        Tensor batch = counting(Shape.vector(3, 2));
        Tensor second = batch.sample(1);
        assertEquals(Shape.vector(1, 2), second.shape());
        assertArrayEquals(new float[] {2, 3}, second.toArray());
        second.set(0, 9);
        assertEquals(9, batch.get(2));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.sample(3));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.sample(-1));
    }

    @Test
    void copiesBetweenEqualShapesOnly() {
        Tensor source = counting(Shape.vector(2, 3));
        Tensor target = Tensor.allocate(arena, Shape.vector(2, 3));
        target.copyFrom(source);
        assertArrayEquals(source.toArray(), target.toArray());
        Tensor turned = Tensor.allocate(arena, Shape.vector(3, 2));
        assertThrows(IllegalArgumentException.class, () -> turned.copyFrom(source));
    }

    @Test
    void aClosedArenaEndsTheTensor() {
        Tensor tensor;
        try (Arena brief = Arena.ofShared()) {
            tensor = Tensor.allocate(brief, Shape.vector(1, 3));
        }
        assertThrows(IllegalStateException.class, () -> tensor.get(0));
    }

    private Tensor counting(Shape shape) {
        float[] values = new float[shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.of(arena, shape, values);
    }
}
