package lanewise.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import lanewise.nn.Plan;

/**
 * What a benchmark has measured.
 *
 * @param net as the user named it
 * @param runs nanoseconds of each run, ascending
 * @param peakBefore GFLOP/s that the machine gives at most, measured before the runs; empty if it was not
 * @param peakAfter the same after them
 * @param peakBytes resident memory; empty where the system does not tell
 * @param steps the slowest first; empty if they were not asked for
 */
record BenchResult(String net, String architecture, Plan plan, int threads, long[] runs, OptionalDouble peakBefore,
        OptionalDouble peakAfter, OptionalLong peakBytes, List<StepTime> steps) {
    /** A step of the plan and its nanoseconds. */
    record StepTime(Plan.Step step, long nanoseconds) {
        double gflops() {
            return 2.0 * step.multiplyAdds() / nanoseconds;
        }
    }

    /** The value in the middle of ascending ones. */
    static long median(long[] ascending) {
        return ascending[ascending.length / 2];
    }

    private double gflops() {
        return 2.0 * plan.multiplyAdds() / median(runs);
    }

    /** The mean of before and after; not a number where neither was measured. */
    private double peak() {
        return (peakBefore.orElse(Double.NaN) + peakAfter.orElse(Double.NaN)) / 2;
    }

    List<String> text() {
        List<String> lines = new ArrayList<>();
        lines.add(format("%s%s, input %s, %d thread%s, %s kernels", Main.oneLine(net),
                net.equals(architecture) ? " with generated weights" : " (" + architecture + ")",
                plan.input(), threads, threads == 1 ? "" : "s", EngineOptions.kernels(plan)));
        Table table = Table.aligned("ll");
        table.row("  time", format("median %.2f ms, minimum %.2f, maximum %.2f of %d runs",
                median(runs) / 1e6, runs[0] / 1e6, runs[runs.length - 1] / 1e6, runs.length));
        table.row("  speed", format("%.1f GFLOP/s, 2 x %,d multiply-adds", gflops(), plan.multiplyAdds()));
        if (peakBefore.isPresent()) {
            table.row("  share", format("%.1f %% of the peak, %.1f GFLOP/s (%.1f before, %.1f after)",
                    100 * gflops() / peak(), peak(), peakBefore.getAsDouble(), peakAfter.orElseThrow()));
        }
        table.row("  memory", format("weights %.1f MB, session %.1f MB", plan.weightBytes() / 1e6, plan.sessionBytes() / 1e6)
                + (peakBytes.isPresent() ? format(", whole process at most %.1f MB", peakBytes.getAsLong() / 1e6) : ""));
        table.lines().forEach(line -> lines.add(line.stripTrailing()));
        if (!steps.isEmpty()) {
            lines.add("");
            lines.addAll(profile());
        }
        return lines;
    }

    private List<String> profile() {
        Table table = Table.aligned("lllrr").row("step", "algorithm", "output", "ms", "GFLOP/s");
        for (StepTime time : steps) {
            Plan.Step step = time.step;
            table.row(step.path().isEmpty() ? "-" : step.path(), step.algorithm(), step.out().toString(),
                    format("%.3f", time.nanoseconds / 1e6), step.multiplyAdds() == 0 ? "" : format("%.1f", time.gflops()));
        }
        return table.lines().stream().map(String::stripTrailing).toList();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("network", net)
                .put("architecture", architecture)
                .put("input", plan.input().toString())
                .put("threads", threads)
                .put("kernels", EngineOptions.kernels(plan))
                .put("runs", runs.length);
        json.putObject("milliseconds")
                .put("median", Json.milliseconds(median(runs)))
                .put("minimum", Json.milliseconds(runs[0]))
                .put("maximum", Json.milliseconds(runs[runs.length - 1]));
        json.put("multiplyAdds", plan.multiplyAdds()).put("gflops", gflops());
        if (peakBefore.isPresent()) {
            json.putObject("peakGflops").put("before", peakBefore.getAsDouble()).put("after", peakAfter.orElseThrow());
            json.put("share", gflops() / peak());
        }
        json.put("weightBytes", plan.weightBytes()).put("sessionBytes", plan.sessionBytes());
        peakBytes.ifPresent(bytes -> json.put("peakResidentBytes", bytes));
        if (!steps.isEmpty()) {
            ArrayNode array = json.putArray("steps");
            for (StepTime time : steps) {
                array.addObject()
                        .put("path", time.step.path())
                        .put("algorithm", time.step.algorithm())
                        .put("kernels", time.step.vectors() ? "vector" : "scalar")
                        .put("output", time.step.out().toString())
                        .put("milliseconds", Json.milliseconds(time.nanoseconds))
                        .put("gflops", time.gflops());
            }
        }
        return json;
    }
}
