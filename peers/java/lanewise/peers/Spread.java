package lanewise.peers;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Where measured values lie. */
record Spread(double median, double min, double max) {
    /** @param values at least one, in any order */
    static Spread of(double... values) {
        double[] ascending = values.clone();
        Arrays.sort(ascending);
        int middle = ascending.length / 2;
        double median = ascending.length % 2 == 1 ? ascending[middle] : (ascending[middle - 1] + ascending[middle]) / 2;
        return new Spread(median, ascending[0], ascending[ascending.length - 1]);
    }

    /** Of the quotients of values measured together, which say more than the quotient of two medians. */
    static Spread ofRatios(double[] numerators, double[] denominators) {
        if (numerators.length != denominators.length) {
            throw new IllegalArgumentException(numerators.length + " values and " + denominators.length + " are no pairs");
        }
        return of(IntStream.range(0, numerators.length).mapToDouble(i -> numerators[i] / denominators[i]).toArray());
    }
}
