package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import lanewise.model.Preprocessing;
import lanewise.model.Resize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes and offsets of torchvision's resize and center_crop. */
class CropWindowTest {
    /** The longer side is cut, not rounded: 256 * 500 / 375 = 341.33, 256 * 375 / 281 = 341.64. */
    @ParameterizedTest
    @CsvSource({
        "500, 375, 341, 256, 58, 16",
        "375, 500, 256, 341, 16, 58",
        "375, 281, 341, 256, 58, 16",
        "300, 300, 256, 256, 16, 16",
        "512, 257, 510, 256, 143, 16",
        "1, 16384, 256, 4194304, 16, 2097040"})
    void shortSide(int width, int height, int resizedWidth, int resizedHeight, int left, int top) {
        assertEquals(
                new CropWindow(resizedWidth, resizedHeight, left, top, 224, 224),
                CropWindow.of(width, height, Preprocessing.IMAGENET));
    }

    @Test
    void exactSizeIgnoresProportions() {
        assertEquals(new CropWindow(171, 128, 30, 8, 112, 112), CropWindow.of(340, 256, Preprocessing.KINETICS));
        assertEquals(new CropWindow(171, 128, 30, 8, 112, 112), CropWindow.of(10, 900, Preprocessing.KINETICS));
    }

    /** Margins of 0.5, 1.5, 2.5 and 3.5 pixels go to the even number, as Python rounds. */
    @ParameterizedTest
    @CsvSource({"32, 0", "33, 0", "34, 1", "35, 2", "37, 2", "38, 3", "39, 4"})
    void oddMargins(int size, int offset) {
        assertEquals(new CropWindow(size, size, offset, offset, 32, 32), CropWindow.of(size, size, Preprocessing.CIFAR));
    }

    /** A border that cannot be equal on both sides is wider on the right and at the bottom. */
    @ParameterizedTest
    @CsvSource({"30, 1, 31", "29, 1, 30", "1, 15, 16"})
    void aCropWiderThanThePictureHasABorder(int size, int first, int end) {
        CropWindow window = CropWindow.of(size, 40, Preprocessing.CIFAR);
        assertEquals(-first, window.left());
        assertEquals(first, window.firstColumn());
        assertEquals(end, window.endColumn());
        assertEquals(0, window.firstRow());
        assertEquals(32, window.endRow());

        CropWindow turned = CropWindow.of(40, size, Preprocessing.CIFAR);
        assertEquals(first, turned.firstRow());
        assertEquals(end, turned.endRow());
        assertEquals(0, turned.firstColumn());
        assertEquals(32, turned.endColumn());
    }

    @Test
    void noResizeKeepsTheSize() {
        assertEquals(
                new CropWindow(100, 60, 38, 16, 24, 28),
                CropWindow.of(100, 60, Preprocessing.IMAGENET.withResize(new Resize.None()).withCrop(28, 24)));
    }
}
