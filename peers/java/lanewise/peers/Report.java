package lanewise.peers;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Results for people and for programs. */
final class Report {
    static final double MEMORY_GOAL = 1.25;

    private static final String STANDING = "  %-26s %8.1f %8.1f %8.1f %9.1f %8.1f %% %7.0f %9.3f %7.3f %7.3f";
    private static final String STANDINGS = "  %-26s %8s %8s %8s %9s %10s %7s %9s %7s %7s";
    private static final String GOAL = "%-16s %-15s %7d %9.1f  %-26s %9.1f %7.3f  %.3f to %.3f  %5.2f %-6s %5.2f";
    private static final String GOALS = "%-16s %-15s %7s %9s  %-26s %9s %7s  %-14s %12s %5s";
    private static final String FIRST = "%-16s %-15s %7d %8.2f s %12.2f s %7.3f  %.3f to %.3f  %5.2f %s";
    private static final String FIRSTS = "%-16s %-15s %7s %10s %14s %7s  %-14s %12s";

    private Report() {}

    /** One contest, all its engines. */
    static List<String> details(Outcome outcome) {
        List<String> lines = new ArrayList<>();
        lines.add(format("%s %s, %d thread%s", outcome.contest().network(), outcome.contest().input(), outcome.threads(),
                outcome.threads() == 1 ? "" : "s"));
        lines.add(format("  %d rounds; peak %.1f GFLOP/s before, %.1f after; answers within %.1e; processors busy with waiting"
                        + " engines %.2f, with anything else %.2f", outcome.rounds(), outcome.peakBefore(), outcome.peakAfter(),
                outcome.difference(), outcome.disturbance().waiting(), outcome.disturbance().foreign()));
        lines.add(format(STANDINGS, "engine", "ms", "min", "max", "GFLOP/s", "of peak", "MB", "ratio", "min", "max"));
        for (Outcome.Standing one : outcome.standings()) {
            lines.add(format(STANDING, one.contestant().title(), one.milliseconds().median(), one.milliseconds().min(),
                    one.milliseconds().max(), outcome.gflops(one), 100 * outcome.gflops(one) / outcome.peak(),
                    one.peakBytes() / 1e6, one.ratio().median(), one.ratio().min(), one.ratio().max()));
        }
        return lines;
    }

    /** The table of goals: Lanewise's time by the best peer's. */
    static List<String> goals(List<Outcome> outcomes) {
        List<String> lines = new ArrayList<>();
        lines.add(format(GOALS, "network", "input", "threads", "Lanewise", "best peer", "ms", "ratio", "min to max",
                "goal", "memory").stripTrailing());
        for (Outcome outcome : outcomes) {
            Outcome.Standing best = outcome.bestPeer();
            lines.add(format(GOAL, outcome.contest().network(), outcome.contest().input(), outcome.threads(),
                    outcome.lanewise().milliseconds().median(), best.contestant().title(), best.milliseconds().median(),
                    best.ratio().median(), best.ratio().min(), best.ratio().max(), outcome.contest().goal(),
                    verdict(best.ratio().median(), outcome.contest().goal()), outcome.memoryRatio()));
        }
        lines.add(format("memory: the peak of the process by that of ONNX Runtime's, goal %.2f", MEMORY_GOAL));
        return lines;
    }

    static List<String> firstAnswers(List<FirstAnswer> answers) {
        List<String> lines = new ArrayList<>();
        lines.add(format(FIRSTS, "first answer of", "input", "threads", "Lanewise", "ONNX Runtime", "ratio", "min to max",
                "goal").stripTrailing());
        for (FirstAnswer answer : answers) {
            lines.add(format(FIRST, answer.contest().network(), answer.contest().input(), answer.threads(),
                    answer.lanewise().median(), answer.onnxRuntime().median(), answer.ratio().median(),
                    answer.ratio().min(), answer.ratio().max(), FirstAnswer.GOAL,
                    verdict(answer.ratio().median(), FirstAnswer.GOAL)));
        }
        return lines;
    }

    private static String verdict(double ratio, double goal) {
        return ratio <= goal ? "met" : "missed";
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    static ObjectNode json(Machine machine, List<Outcome> outcomes, List<FirstAnswer> answers) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode where = json.putObject("machine").put("processor", machine.processor())
                .put("processors", machine.processors()).put("vectorBits", machine.vectorBits())
                .put("system", machine.system()).put("java", machine.java());
        machine.caches().forEach(where.putArray("caches")::add);
        var contests = json.putArray("contests");
        for (Outcome outcome : outcomes) {
            ObjectNode contest = contests.addObject();
            about(contest, outcome.contest(), outcome.threads());
            contest.put("rounds", outcome.rounds()).put("multiplyAdds", outcome.contest().multiplyAdds())
                    .put("largestDifference", outcome.difference())
                    .put("busyWaiting", outcome.disturbance().waiting()).put("busyForeign", outcome.disturbance().foreign())
                    .put("bestPeer", outcome.bestPeer().contestant().title())
                    .put("goal", outcome.contest().goal()).put("memoryRatio", outcome.memoryRatio())
                    .put("memoryGoal", MEMORY_GOAL);
            contest.putObject("peakGflops").put("before", outcome.peakBefore()).put("after", outcome.peakAfter());
            var engines = contest.putArray("engines");
            for (Outcome.Standing one : outcome.standings()) {
                ObjectNode engine = engines.addObject().put("engine", one.contestant().title()).put("version", one.version())
                        .put("gflops", outcome.gflops(one)).put("share", outcome.gflops(one) / outcome.peak())
                        .put("peakResidentBytes", one.peakBytes());
                spread(engine.putObject("milliseconds"), one.milliseconds());
                spread(engine.putObject("ratio"), one.ratio());
            }
        }
        var firsts = json.putArray("firstAnswers");
        for (FirstAnswer answer : answers) {
            ObjectNode first = firsts.addObject();
            about(first, answer.contest(), answer.threads());
            first.put("starts", answer.starts()).put("goal", FirstAnswer.GOAL);
            spread(first.putObject("lanewiseSeconds"), answer.lanewise());
            spread(first.putObject("onnxRuntimeSeconds"), answer.onnxRuntime());
            spread(first.putObject("ratio"), answer.ratio());
        }
        return json;
    }

    private static void about(ObjectNode json, Contest contest, int threads) {
        json.put("network", contest.network()).put("input", contest.input().toString()).put("threads", threads);
    }

    private static void spread(ObjectNode json, Spread spread) {
        json.put("median", spread.median()).put("minimum", spread.min()).put("maximum", spread.max());
    }
}
