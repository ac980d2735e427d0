package lanewise.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void differencesAreRelativeToTheLargestLogit() {
        assertEquals(0.25, Rounds.difference(new float[] {1, -8, 2}, new float[] {3, -8, 1}));
    }

    @Test
    void whatIsNoAnswerIsNotNear() {
        assertTrue(Double.isNaN(Rounds.difference(new float[] {1, 2}, new float[] {1})));
        assertTrue(Double.isNaN(Rounds.difference(new float[] {1, 2}, new float[] {1, Float.NaN})));
    }

    @Test
    void logitsSurviveTheWayBetweenProcesses() {
        float[] logits = {0.1f, -1e-40f, 3.4e38f, Float.NaN};
        assertArrayEquals(logits, EngineServer.logits(EngineServer.text(logits)));
    }
}
