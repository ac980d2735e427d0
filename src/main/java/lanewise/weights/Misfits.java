package lanewise.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The tensors that a network wanted and a checkpoint did not have, and the report of them. */
final class Misfits {
    /** Lines of each kind in a report; the rest is counted. */
    private static final int LISTED = 20;

    private static final int LONGEST_NAME = 200;

    private final Map<String, Misfit> misfits = new LinkedHashMap<>();

    private record Misfit(String name, String expected, String found) {}

    void add(String name, String expected, String found) {
        misfits.put(name + expected, new Misfit(name, "expected " + expected, found));
    }

    /** Throws if anything was added or is unused. */
    void check(String origin, List<String> unused) throws WeightException {
        if (misfits.isEmpty() && unused.isEmpty()) {
            return;
        }
        String counts = count(misfits.size()) + ", " + unused.size() + " unused";
        StringBuilder report = new StringBuilder(WeightException.clip(origin)).append(": ").append(counts);
        List<Misfit> listed = misfits.values().stream().limit(LISTED).toList();
        int nameWidth = listed.stream().mapToInt(m -> name(m.name).length()).max().orElse(0);
        int expectedWidth = listed.stream().mapToInt(m -> m.expected.length()).max().orElse(0);
        for (Misfit misfit : listed) {
            report.append("\n  ").append(pad(name(misfit.name), nameWidth))
                    .append("  ").append(pad(misfit.expected, expectedWidth))
                    .append("  ").append(misfit.found);
        }
        if (misfits.size() > LISTED) {
            report.append("\n  and ").append(misfits.size() - LISTED).append(" more");
        }
        if (!unused.isEmpty()) {
            report.append("\n  unused: ").append(
                    unused.stream().limit(LISTED).map(Misfits::name).collect(Collectors.joining(", ")));
            if (unused.size() > LISTED) {
                report.append(" and ").append(unused.size() - LISTED).append(" more");
            }
        }
        throw WeightException.report(origin, "the tensors of the declared network", counts,
                "take a checkpoint of this architecture, or the architecture of this checkpoint", report.toString());
    }

    static String shape(List<Integer> dims) {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(",", "(", ")"));
    }

    private static String count(int misfits) {
        return misfits == 1 ? "1 misfit" : misfits + " misfits";
    }

    private static String name(String name) {
        return WeightException.clip(name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "..." : name);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
