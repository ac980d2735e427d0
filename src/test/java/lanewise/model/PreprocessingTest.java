package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import lanewise.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessingTest {
    private static final Rgb HALF = new Rgb(0.5f, 0.25f, 0.125f);

    @Test
    void eachWithChangesItsOwnSettingOnly() {
        Preprocessing all = new Preprocessing(
                new Resize.ShortSide(40), Interpolation.BILINEAR, 30, 20, HALF, new Rgb(1, 2, 3), 5, 7);
        Preprocessing other = Preprocessing.IMAGENET;
        List<UnaryOperator<Preprocessing>> steps = List.of(
                p -> p.withResize(new Resize.ShortSide(40)),
                p -> p.withInterpolation(Interpolation.BILINEAR),
                p -> p.withCrop(30, 20),
                p -> p.withMean(HALF),
                p -> p.withStd(new Rgb(1, 2, 3)),
                p -> p.withFrames(5),
                p -> p.withStride(7));
        for (UnaryOperator<Preprocessing> step : steps) {
            assertEquals(all, step.apply(all), "a step that changes nothing");
            other = step.apply(other);
        }
        assertEquals(all, other);
    }

    @Test
    void theInputHasATimeAxisForClips() {
        assertEquals(new Shape(4, 3, 16, 112, 112), Preprocessing.KINETICS.inputShape(4));
        assertEquals(new Shape(1, 3, 1, 224, 224), Preprocessing.IMAGENET.inputShape(1));
        assertTrue(Preprocessing.KINETICS.isClip());
        assertFalse(Preprocessing.IMAGENET.isClip());
        assertFalse(Preprocessing.KINETICS.withFrames(1).isClip());
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 10_001, Integer.MAX_VALUE})
    void framesAndStrideHaveARange(int value) {
        assertRefused("frames", value, () -> Preprocessing.KINETICS.withFrames(value));
        assertRefused("stride", value, () -> Preprocessing.KINETICS.withStride(value));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 16_385, Integer.MAX_VALUE})
    void sidesHaveARange(int value) {
        assertRefused("crop height", value, () -> Preprocessing.IMAGENET.withCrop(value, 1));
        assertRefused("crop width", value, () -> Preprocessing.IMAGENET.withCrop(1, value));
        assertRefused("resized side", value, () -> new Resize.ShortSide(value));
        assertRefused("resized side", value, () -> new Resize.Exact(value, 1));
        assertRefused("resized side", value, () -> new Resize.Exact(1, value));
    }

    @Test
    void theLimitsThemselvesAreAllowed() {
        Preprocessing longest = new Preprocessing(
                new Resize.Exact(16_384, 16_384), Interpolation.BILINEAR, 1, 1, HALF, HALF, 10_000, 10_000);
        assertEquals(10_000, longest.frames());
        assertEquals(16_384, Preprocessing.IMAGENET.withCrop(16_384, 16_384).height());
        assertEquals(1, Preprocessing.IMAGENET.withCrop(1, 1).height());
    }

    /** 3 channels of 2^28 pixels fit a tensor for two frames, not for three. */
    @Test
    void inputsThatNoTensorHoldsAreRefused() {
        Preprocessing largest = Preprocessing.IMAGENET.withFrames(2).withCrop(16_384, 16_384);
        String message = assertThrows(IllegalArgumentException.class, () -> largest.withFrames(3)).getMessage();
        assertTrue(message.contains("1x3x3x16384x16384"), message);
    }

    @Test
    void nothingIsDividedByZero() {
        for (Rgb std : List.of(new Rgb(0, 1, 1), new Rgb(1, 0, 1), new Rgb(1, 1, -0f))) {
            assertThrows(IllegalArgumentException.class, () -> Preprocessing.IMAGENET.withStd(std), std.toString());
        }
    }

    @Test
    void coloursAreFinite() {
        assertThrows(IllegalArgumentException.class, () -> new Rgb(Float.NaN, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Rgb(0, Float.POSITIVE_INFINITY, 0));
        assertThrows(IllegalArgumentException.class, () -> new Rgb(0, 0, Float.NEGATIVE_INFINITY));
    }

    @Test
    void everySettingIsRequired() {
        assertThrows(NullPointerException.class, () -> Preprocessing.IMAGENET.withResize(null));
        assertThrows(NullPointerException.class, () -> Preprocessing.IMAGENET.withInterpolation(null));
        assertThrows(NullPointerException.class, () -> Preprocessing.IMAGENET.withMean(null));
        assertThrows(NullPointerException.class, () -> Preprocessing.IMAGENET.withStd(null));
    }

    private static void assertRefused(String name, int value, Runnable making) {
        String message = assertThrows(IllegalArgumentException.class, making::run).getMessage();
        assertTrue(message.contains(name) && message.contains("not " + value), message);
    }
}
