package lanewise.nn;

/**
 * A form that was considered for a convolution.
 *
 * @param weightBytes packed weights and bias
 */
public record Candidate(ConvForm form, Cost cost, long weightBytes) {}
