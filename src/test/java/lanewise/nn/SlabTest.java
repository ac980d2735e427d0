package lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import lanewise.nn.Slab.Life;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Values alive at the same time lie apart, in little more room than they need. */
class SlabTest {
    private static final int STEPS = 30;

    @RepeatedTest(100)
    void valuesAliveTogetherLieApart(RepetitionInfo repetition) {
        List<Life> lives = random(repetition.getCurrentRepetition());
        Slab slab = Slab.of(lives, lives.size());
        for (Life one : lives) {
            long begin = slab.offsets()[one.value()];
            assertEquals(0, begin % 64, () -> "alignment of " + one);
            assertTrue(begin >= 0 && begin + one.bytes() <= slab.bytes(),
                    () -> one + " at " + begin + " of " + slab.bytes());
            for (Life other : lives) {
                long otherBegin = slab.offsets()[other.value()];
                boolean together = one.from() <= other.to() && other.from() <= one.to();
                boolean apart = begin + one.bytes() <= otherBegin || otherBegin + other.bytes() <= begin;
                assertTrue(one == other || !together || apart,
                        () -> one + " at " + begin + ", " + other + " at " + otherBegin);
            }
        }
    }

    @RepeatedTest(100)
    void theSizeIsBetweenWhatLivesAtOnceAndTheSum(RepetitionInfo repetition) {
        List<Life> lives = random(repetition.getCurrentRepetition());
        long most = 0;
        for (int step = 0; step < STEPS; step++) {
            int now = step;
            most = Math.max(most, lives.stream().filter(life -> life.from() <= now && now <= life.to())
                    .mapToLong(Life::bytes).sum());
        }
        long sum = lives.stream().mapToLong(Life::room).sum();
        long bytes = Slab.of(lives, lives.size()).bytes();
        assertTrue(most <= bytes && bytes <= sum, bytes + " is not between " + most + " and " + sum);
    }

    @Test
    void aChainNeedsTwoPlaces() {
        List<Life> chain = new ArrayList<>();
        for (int value = 0; value < 10; value++) {
            chain.add(new Life(value, 1000, value, value + 1));
        }
        assertEquals(2 * 1024, Slab.of(chain, 10).bytes());
    }

    @Test
    void missingValuesHaveNoPlace() {
        assertArrayEquals(new long[] {-1, 0, -1}, Slab.of(List.of(new Life(1, 4, 0, 1)), 3).offsets());
        assertEquals(0, Slab.of(List.of(), 3).bytes());
    }

    @Test
    void theSameLivesGiveTheSamePlaces() {
        assertArrayEquals(Slab.of(random(1), 40).offsets(), Slab.of(random(1), 40).offsets());
    }

    private static List<Life> random(int seed) {
        Random random = new Random(seed);
        List<Life> lives = new ArrayList<>();
        int count = seed == 1 ? 40 : random.nextInt(1, 40);
        for (int value = 0; value < count; value++) {
            int from = random.nextInt(STEPS);
            long bytes = random.nextInt(8) == 0 ? 0 : 4L * random.nextInt(1, 5000);
            lives.add(new Life(value, bytes, from, random.nextInt(from, STEPS)));
        }
        return lives;
    }
}
