package lanewise.peers;

import java.nio.file.Path;
import java.util.List;
import lanewise.model.Architecture;
import lanewise.model.Architectures;
import lanewise.nn.Summary;
import lanewise.tensor.Shape;
import lanewise.weights.Weights;

/**
 * One line of the goals.
 *
 * @param network as {@code weights/export.py} names it
 * @param batch pictures or clips in the input
 * @param goal the most of the best peer's time that Lanewise may take
 */
record Contest(String network, int batch, double goal) {
    static final List<Contest> ALL = List.of(
            new Contest("r2plus1d_18", 1, 0.55),
            new Contest("resnet18", 1, 0.65),
            new Contest("resnet34", 1, 0.62),
            new Contest("resnet50", 1, 0.85),
            new Contest("resnext50_32x4d", 1, 1.0),
            new Contest("resnet18", 8, 0.6),
            new Contest("resnet50", 8, 0.8));

    /** How the command line names it: {@code resnet18}, or {@code resnet18:8} for a batch of 8. */
    String name() {
        return batch == 1 ? network : network + ":" + batch;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    static Contest named(String name) {
        return ALL.stream().filter(contest -> contest.name().equals(name)).findFirst().orElseThrow(() ->
                new IllegalArgumentException(name + ": no such contest; there are "
                        + String.join(", ", ALL.stream().map(Contest::name).toList())));
    }

    private Architecture architecture() {
        return Architectures.named(network).orElseThrow();
    }

    Shape input() {
        return architecture().preprocessing().inputShape(batch);
    }

    /** By the direct algorithm's count, whatever an engine does. */
    long multiplyAdds() {
        return Summary.of(architecture().declare(Weights.seeded()), input()).stages().stream()
                .mapToLong(Summary.Stage::multiplyAdds).sum();
    }

    /** The engines that take part. The rewritten network stands for one clip. */
    List<Contestant> contestants() {
        return List.of(Contestant.values()).stream()
                .filter(one -> one != Contestant.ONNX_RUNTIME_2D || network.equals("r2plus1d_18") && batch == 1).toList();
    }

    Path model(Path directory, Contestant contestant) {
        return directory.resolve(network + contestant.suffix());
    }
}
