package lanewise.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    /** ResNet-18 in 20 ms; ONNX Runtime takes 40, PyTorch 50. */
    private static final Outcome OUTCOME = new Outcome(Contest.named("resnet18"), 2, 3, 200, 220, 1e-6,
            new Outcome.Disturbance(0.01, 0.02), List.of(
                    standing(Contestant.LANEWISE, 20, 250_000_000),
                    standing(Contestant.PYTORCH, 50, 400_000_000),
                    standing(Contestant.ONNX_RUNTIME, 40, 200_000_000)));

    private static Outcome.Standing standing(Contestant contestant, double milliseconds, long bytes) {
        return new Outcome.Standing(contestant, contestant.title() + " 1.0",
                new Spread(milliseconds, milliseconds - 1, milliseconds + 1),
                new Spread(20 / milliseconds, 19 / milliseconds, 21 / milliseconds), bytes);
    }

    @Test
    void theGoalIsHeldAgainstTheFastestPeer() {
        assertEquals("""
                network          input           threads  Lanewise  best peer                         ms   ratio  min to max\
                             goal memory
                resnet18         1x3x224x224           2      20.0  ONNX Runtime                    40.0   0.500  0.475 to 0.525\
                   0.65 met     1.25
                memory: the peak of the process by that of ONNX Runtime's, goal 1.25
                """, String.join("\n", Report.goals(List.of(OUTCOME))) + "\n");
    }

    @Test
    void theDetailsCountTheDirectAlgorithm() {
        // 2 x 1,814,073,344 multiply-adds in 20 ms, of 210 GFLOP/s.
        assertTrue(Report.details(OUTCOME).stream().anyMatch(line -> line.matches(
                "  Lanewise +20\\.0 +19\\.0 +21\\.0 +181\\.4 +86\\.4 % +250 +1\\.000 +0\\.950 +1\\.050")),
                String.join("\n", Report.details(OUTCOME)));
    }

    @Test
    void jsonNamesTheBestPeer() {
        var machine = new Machine("a processor", 2, List.of("L2 1M"), 256, "Linux", "Java 25");
        var contest = Report.json(machine, List.of(OUTCOME), List.of()).get("contests").get(0);
        assertEquals("ONNX Runtime", contest.get("bestPeer").asText());
        assertEquals(0.4, contest.get("engines").get(1).get("ratio").get("median").asDouble());
    }

    @Test
    void theRewrittenNetworkTakesPartWithOneClip() {
        assertEquals(List.of(Contestant.values()), Contest.named("r2plus1d_18").contestants());
        assertEquals(3, Contest.named("resnet18:8").contestants().size());
    }
}
