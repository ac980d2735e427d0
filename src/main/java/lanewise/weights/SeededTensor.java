package lanewise.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A tensor whose values follow from its name and extents: FNV-1a (Fowler, Noll, Vo; 64 bit) of the name starts
 * SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014), whose upper 24 bits give
 * u in [-1, 1) exactly; the element is {@code (float) (u * scale + offset)}. Scale and offset keep the activations
 * of a deep network in a sane range.
 */
record SeededTensor(String name, List<Integer> dims) implements WeightTensor {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    @Override
    public DType dtype() {
        return lastPart().equals("num_batches_tracked") ? DType.I64 : DType.F32;
    }

    @Override
    public void read(MemorySegment destination) {
        long elements = elements();
        Elements.checkSize(destination, elements);
        double scale = scale();
        double offset = offset();
        long state = fnv1a(name);
        for (long i = 0; i < elements; i++) {
            state += 0x9E3779B97F4A7C15L;
            double u = (mix(state) >>> 40) * 0x1p-23 - 1;
            destination.setAtIndex(FLOAT, i, (float) (u * scale + offset));
        }
    }

    private double scale() {
        return switch (lastPart()) {
            case "running_mean", "bias" -> 0.1;
            case "running_var" -> 0.25;
            case "weight" -> dims.size() == 1 ? 0.2 : Math.sqrt(4.5 / fanIn());
            case "input" -> 2;
            case "num_batches_tracked" -> 0;
            default -> throw new IllegalArgumentException("no seeded values are defined for a tensor named " + name);
        };
    }

    private double offset() {
        return switch (lastPart()) {
            case "running_var" -> 1;
            case "weight" -> dims.size() == 1 ? 0.8 : 0;
            default -> 0;
        };
    }

    private long fanIn() {
        long product = 1;
        for (int extent : dims.subList(Math.min(1, dims.size()), dims.size())) {
            product *= extent;
        }
        return product;
    }

    private String lastPart() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static long fnv1a(String text) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }

    private static long mix(long state) {
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
