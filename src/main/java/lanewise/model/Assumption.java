package lanewise.model;

/**
 * One thing that no weight file says and a network's answers depend on.
 *
 * @param option the name by which {@link Architecture#with} sets it; {@code preprocessing} for what happens to pictures
 *        before, which {@link Preprocessing}'s own methods change
 * @param value what is assumed, as {@code with} takes it
 * @param origin where the value comes from: a layout's default, a file beside the weights, or an option
 */
public record Assumption(String option, String value, String origin) {}
