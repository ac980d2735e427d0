package lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DimsTest {
    @Test
    void extentsAreTimeHeightWidth() {
        assertEquals("3x1x2", new Dims(3, 1, 2).toString());
        assertEquals(new Dims(1, 7, 7), Dims.spatial(7));
        assertEquals(new Dims(3, 3, 3), Dims.cube(3));
    }

    @Test
    void aNegativeExtentIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Dims(-1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Dims(1, -1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Dims(1, 1, -1));
    }

    @Test
    void volumeDoesNotWrap() {
        assertEquals(24, new Dims(2, 3, 4).volume());
        assertEquals(0, Dims.ZERO.volume());
        assertEquals(Integer.MAX_VALUE, new Dims(1, 1, Integer.MAX_VALUE).volume());
        assertThrows(ArithmeticException.class, () -> new Dims(1, 65_536, 32_768).volume());
    }
}
