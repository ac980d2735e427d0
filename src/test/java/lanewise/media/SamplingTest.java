package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import lanewise.model.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingTest {
    /** Sixteen frames two apart span 31. */
    @ParameterizedTest
    @CsvSource({"31, 0", "32, 0", "33, 1", "34, 1", "100, 34", "101, 35"})
    void aLongClipIsSeenFromItsMiddle(int count, int first) {
        assertArrayEquals(
                IntStream.range(0, 16).map(i -> first + 2 * i).toArray(), Sampling.indices(count, Preprocessing.KINETICS));
    }

    @ParameterizedTest
    @CsvSource({"4, 1, 0", "5, 1, 0", "6, 1, 1", "10, 3, 0", "11, 3, 0", "12, 3, 1"})
    void anyStrideIsCentred(int count, int stride, int first) {
        assertArrayEquals(
                new int[] {first, first + stride, first + 2 * stride, first + 3 * stride},
                Sampling.indices(count, clip(4, stride)));
    }

    @Test
    void aShortClipIsSpreadEvenly() {
        assertArrayEquals(new int[] {0, 0, 0, 0}, Sampling.indices(1, clip(4, 1)));
        assertArrayEquals(new int[] {0, 0, 1, 2}, Sampling.indices(3, clip(4, 1)));
        assertArrayEquals(new int[] {0, 1, 2, 3}, Sampling.indices(4, clip(4, 2)));
        assertArrayEquals(new int[] {0, 1, 3, 4}, Sampling.indices(6, clip(4, 2)));
    }

    /** In 32 bits 9,999 * 9,999 * 10,000 is another number. */
    @Test
    void theLargestSettingsDoNotOverflow() {
        Preprocessing largest = clip(Preprocessing.MAX_FRAMES, Preprocessing.MAX_FRAMES);
        int[] indices = Sampling.indices(Preprocessing.MAX_FRAMES - 1, largest);
        assertEquals(0, indices[0]);
        assertEquals(9_998, indices[indices.length - 1]);
        assertTrue(IntStream.range(1, indices.length).allMatch(i -> indices[i - 1] <= indices[i]), "ascending");
    }

    private static Preprocessing clip(int frames, int stride) {
        return Preprocessing.KINETICS.withFrames(frames).withStride(stride);
    }
}
