package lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs every benchmark once, in this JVM, with the first value of each parameter: it works, and measures nothing. */
class BenchmarkSmokeTest {
    @Test
    void benchmarksAreFound() {
        assertFalse(benchmarks().isEmpty(), "JMH's annotation processor has generated no benchmark");
    }

    @TestFactory
    Stream<DynamicTest> everyBenchmarkRuns() {
        return benchmarks().stream().map(b -> DynamicTest.dynamicTest(b.getUsername(), () -> runOnce(b)));
    }

    private static SortedSet<BenchmarkListEntry> benchmarks() {
        var silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        return BenchmarkList.defaultList().find(silent, List.of(".*"), List.of());
    }

    private static void runOnce(BenchmarkListEntry benchmark) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(benchmark.getUsername()) + "$")
                .mode(benchmark.getMode())
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(1));
        for (Map.Entry<String, String[]> param : benchmark.getParams().orElse(Map.of()).entrySet()) {
            options.param(param.getKey(), param.getValue()[0]);
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        assertEquals(1, results.size(), "one result of " + benchmark.getUsername());
    }
}
