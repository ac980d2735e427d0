package lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SplitTest {
    @Test
    void tasksCoverEachUnitOfEachBlockOnce() {
        for (int blocks = 1; blocks <= 9; blocks++) {
            for (int threads = 1; threads <= 5; threads++) {
                for (int units = 1; units <= 17; units += 4) {
                    Split split = Split.of(blocks, threads, units, 0.3);
                    int[][] seen = new int[blocks][units];
                    for (int task = 0; task < split.tasks(); task++) {
                        for (int unit = split.from(task); unit < split.to(task); unit++) {
                            seen[split.block(task)][unit]++;
                        }
                    }
                    for (int[] block : seen) {
                        for (int count : block) {
                            assertEquals(1, count, split::toString);
                        }
                    }
                }
            }
        }
    }

    @Test
    void oneThreadPacksEachBlockOnce() {
        assertEquals(7, Split.of(7, 1, 32, 0.1).tasks());
    }

    @Test
    void blocksThatDivideEvenlyStayWhole() {
        assertEquals(6, Split.of(6, 2, 32, 0.1).tasks());
    }

    @Test
    void theLastBlockIsCutForTwoThreads() {
        Split split = Split.of(7, 2, 32, 0.2);
        assertEquals(6, split.whole());
        assertEquals(8, split.tasks());
        assertEquals(16, split.to(6));
        assertEquals(16, split.from(7));
    }

    @Test
    void dearPackingIsNotRepeated() {
        assertEquals(1, Split.of(1, 2, 1, 0.1).tasks());
        assertEquals(2, Split.of(1, 2, 32, 0.9).tasks());
        assertEquals(3, Split.of(3, 4, 32, 20).tasks());
    }
}
