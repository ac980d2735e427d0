package lanewise.peers;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import lanewise.kernel.FmaPeak;
import lanewise.kernel.Linear;
import lanewise.model.Architecture;
import lanewise.model.Architectures;
import lanewise.model.Model;
import lanewise.nn.Options;
import lanewise.nn.Plan;
import lanewise.nn.Session;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peers layers}: what each convolution of a network reaches of the machine, as a picture. */
@Command(name = "layers", sortOptions = false, description = "Draw the GFLOP/s of each convolution against the machine's peak.")
final class Layers implements Callable<Integer> {
    @Parameters(paramLabel = "NET", description = "An architecture, such as r2plus1d_18; it runs with generated weights.")
    private String network;

    @Parameters(paramLabel = "FILE", description = "The SVG file to write.")
    private Path file;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "Default: 1.")
    private int threads;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "10",
            description = "Half of it goes to warming up (default: 10).")
    private double seconds;

    @Override
    public Integer call() throws IOException, WeightException {
        Architecture architecture = Architectures.named(network).orElseThrow(() -> new IllegalArgumentException(
                network + ": no such architecture; there are " + String.join(", ", Architectures.names())));
        try (Model model = Model.seeded(architecture, Options.standard().withThreads(threads));
                Session session = model.session(architecture.inputShape());
                Arena arena = Arena.ofShared()) {
            Shape shape = architecture.inputShape();
            Tensor input = Peers.input(arena, shape);
            profiles(session, input);
            double before = FmaPeak.measure(threads);
            List<long[]> profiles = profiles(session, input);
            double roof = (before + FmaPeak.measure(threads)) / 2;
            String title = String.format(Locale.ROOT, "%s, input %s, %d thread%s: GFLOP/s of each convolution", network, shape,
                    threads, threads == 1 ? "" : "s");
            String subtitle = Machine.here().processor() + "; two operations for each multiply-add of the direct algorithm";
            Files.writeString(file, new LayerPlot(title, subtitle, roof, bars(session.plan(), profiles)).svg());
        }
        return 0;
    }

    /** Nanoseconds of each step, for half of the time. */
    private List<long[]> profiles(Session session, Tensor input) {
        List<long[]> profiles = new ArrayList<>();
        long begin = System.nanoTime();
        do {
            profiles.add(session.profile(input));
        } while (System.nanoTime() - begin < seconds / 2 * 1e9);
        return profiles;
    }

    /** The convolutions, in the order of the network; reading its weights bounds the classifier, not the multiply-adds. */
    private static List<LayerPlot.Bar> bars(Plan plan, List<long[]> profiles) {
        List<LayerPlot.Bar> bars = new ArrayList<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            Plan.Step step = plan.steps().get(i);
            if (step.multiplyAdds() > 0 && !step.algorithm().equals(Linear.class.getSimpleName())) {
                int index = i;
                double nanoseconds = Spread.of(profiles.stream().mapToDouble(one -> one[index]).toArray()).median();
                bars.add(new LayerPlot.Bar(step.path(), step.algorithm(), 2.0 * step.multiplyAdds() / nanoseconds,
                        nanoseconds / 1e6));
            }
        }
        return bars;
    }
}
