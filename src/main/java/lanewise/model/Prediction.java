package lanewise.model;

/**
 * One class of a classifier's answer.
 *
 * @param index row of the classifier, from 0
 * @param probability softmax over all classes
 * @param logit the classifier's output itself
 */
public record Prediction(int index, double probability, float logit) {}
