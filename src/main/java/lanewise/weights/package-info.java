/**
 * Checkpoints: reading safetensors and PyTorch files, and the scoped view through which a model takes its tensors.
 * Every file is hostile until proven good: sizes are checked against the bytes that are there before memory is
 * allocated, nothing in a file is ever executed, and whatever is wrong ends in a {@link lanewise.weights.WeightException}.
 */
package lanewise.weights;
