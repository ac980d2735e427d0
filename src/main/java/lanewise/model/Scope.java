package lanewise.model;

import lanewise.weights.Weights;

/**
 * Where a checkpoint has a network, as full names.
 *
 * @param net the scope of all but the classifier; empty at the top
 * @param head the classifier
 */
public record Scope(String net, String head) {
    /** The same below another scope; empty for none. */
    Scope below(String scope) {
        return scope.isEmpty() ? this : new Scope(net.isEmpty() ? scope : scope + "." + net, scope + "." + head);
    }

    Weights net(Weights w) {
        return net.isEmpty() ? w : w.at(net);
    }

    Weights head(Weights w) {
        return w.at(head);
    }
}
