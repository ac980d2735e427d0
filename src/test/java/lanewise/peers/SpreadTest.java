package lanewise.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void theMiddleOfAnOddCountIsAValue() {
        assertEquals(new Spread(3, 1, 9), Spread.of(9, 1, 3));
    }

    @Test
    void theMiddleOfAnEvenCountLiesBetweenTwoValues() {
        assertEquals(new Spread(2.5, 1, 9), Spread.of(9, 3, 2, 1));
    }

    @Test
    void ratiosAreTakenPairByPair() {
        // The quotient of the medians would be 1.
        assertEquals(new Spread(0.5, 0.1, 10), Spread.ofRatios(new double[] {1, 2, 10}, new double[] {10, 4, 1}));
    }

    @Test
    void unevenPairsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Spread.ofRatios(new double[2], new double[3]));
    }
}
