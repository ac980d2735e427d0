package lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {
    @Test
    void parsesVectorsPicturesAndClips() {
        assertEquals(new Shape(1, 1000, 1, 1, 1), Shape.parse("1x1000"));
        assertEquals(new Shape(2, 3, 1, 224, 225), Shape.parse("2x3x224x225"));
        assertEquals(new Shape(2, 3, 16, 112, 113), Shape.parse(" 2x3x16x112x113 "));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "x", "3", "1x2x3", "1x2x3x4x5x6", "1x", "x1", "1xx2", "1x3x224X224", "1,3,224,224", "1x3x224x22 4",
        "1x-3x2x2", "1x3.5", "1x2147483648", "1x99999999999999999999", "65536x32768", "1x65536x1x65536", "NaNx1"
    })
    void refusesEverythingElse(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Shape.parse(text));
        assertTrue(e.getMessage() != null && !e.getMessage().isBlank());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x1000", "2x3x224x225", "2x3x16x112x113", "1x64x7x1"})
    void printsWhatItParses(String text) {
        assertEquals(text, Shape.parse(text).toString());
    }

    @Test
    void countsElementsUpToTheLimit() {
        int most = Integer.MAX_VALUE - (1 << 16) + 1;
        Shape largest = Shape.vector(1, most);
        assertEquals(most, largest.elements());
        assertEquals(4L * most, largest.bytes());
        assertThrows(IllegalArgumentException.class, () -> Shape.vector(1, most + 1));
        assertThrows(IllegalArgumentException.class, () -> Shape.vector(2, 1 << 30));
        assertThrows(IllegalArgumentException.class, () -> new Shape(1 << 16, 1 << 16, 1 << 16, 1 << 16, 1));
        assertThrows(IllegalArgumentException.class, () -> new Shape(1, 1, 1 << 16, 1 << 16, 1));
    }

    @Test
    void anEmptyShapeHasNoBytes() {
        assertEquals(0, new Shape(0, 3, 16, 112, 112).elements());
        assertEquals(0L, new Shape(1, 3, 0, 112, 112).bytes());
    }

    @Test
    void aNegativeExtentIsRefusedAlsoWhereTheProductIsPositive() {
        assertThrows(IllegalArgumentException.class, () -> new Shape(-1, -1, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Shape(1, 1, 1, -2, -2));
    }

    @Test
    void partsOfAShape() {
        Shape clip = new Shape(2, 3, 4, 5, 6);
        assertEquals(new Dims(4, 5, 6), clip.map());
        assertEquals(120, clip.plane());
        assertEquals(720, clip.elements());
        assertEquals(2880L, clip.bytes());
        assertEquals(new Shape(7, 3, 4, 5, 6), clip.withBatch(7));
    }
}
