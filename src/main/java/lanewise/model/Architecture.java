package lanewise.model;

import java.util.List;
import java.util.Map;
import lanewise.nn.Network;
import lanewise.tensor.Shape;
import lanewise.weights.Weights;

/**
 * A family member with all its numbers: what a checkpoint's keys and shapes tell, and what no file says. Declaring it on
 * weights gives the network.
 */
public sealed interface Architecture permits ResNet, VideoResNet {
    /** The published name, or one made from the block counts. */
    String name();

    /** How its checkpoints name their tensors. */
    Layout layout();

    /** The layers, with tensors taken from {@code w} under the checkpoint's own names. */
    Network declare(Weights w);

    /** Outputs of the classifier; 0 where the network ends with features. */
    int classes();

    /** What no weight file says. */
    Assumptions assumed();

    /** The same architecture with other assumptions, made from {@link #assumed()}. */
    Architecture assuming(Assumptions others);

    /** Whether the network's outputs are probabilities already, and no logits. */
    default boolean probabilities() {
        return false;
    }

    /** What the network's authors did with pictures or clips before showing them to it. */
    default Preprocessing preprocessing() {
        return assumed().preprocessing();
    }

    /** All that no weight file says, one by one: the options that {@link #with} sets, and preprocessing. */
    default List<Assumption> assumptions() {
        return assumed().all();
    }

    /**
     * The same architecture with one option set, for what a file cannot tell.
     *
     * @throws IllegalArgumentException if the family has no such option, or the value does not fit; the message lists
     *         the options
     */
    default Architecture with(String option, String value) {
        return assuming(assumed().with(name(), option, value, "option"));
    }

    /**
     * The same architecture with several options set.
     *
     * @param settings values by option, as {@link #with(String, String)} takes them
     * @throws IllegalArgumentException as there
     */
    default Architecture with(Map<String, String> settings) {
        Architecture configured = this;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            configured = configured.with(setting.getKey(), setting.getValue());
        }
        return configured;
    }

    /** The input that the published network takes: one picture or clip. */
    default Shape inputShape() {
        return preprocessing().inputShape(1);
    }
}
