package lanewise.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import lanewise.SharedFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sound files cut short, with bytes changed, or put together from two. Ten thousand random cases; more with
 * {@code -Dtest.jvm="-Dlanewise.mutations=1000000"}, and the same ones again with {@code -Dlanewise.seed}, which each run prints.
 */
class MutationTest {
    private static final int CASES = Integer.getInteger("lanewise.mutations", 10_000);
    private static final int LONGEST_CUT = 4_096;
    private static final long SLOWEST = TimeUnit.SECONDS.toNanos(2);
    /** Values at which sizes and positions tip over. */
    private static final long[] EDGES = {0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL, 1L << 32,
        1L << 61, (1L << 62) + 4, Long.MAX_VALUE, Long.MIN_VALUE, -1, -4};

    @TempDir
    private Path folder;

    /** A sound file: {@code wrap} makes it from what is mutated, a whole file or the pickle in an archive. */
    private record Seed(byte[] bytes, UnaryOperator<byte[]> wrap) {}

    private List<Seed> seeds() throws IOException, WeightException {
        List<Seed> seeds = new ArrayList<>();
        for (byte[] file : List.of(HostileSeeds.safetensors(folder), HostileSeeds.legacy(),
                HostileSeeds.archive(HostileSeeds.pickle()))) {
            seeds.add(new Seed(file, UnaryOperator.identity()));
        }
        // With a right checksum, so that the change reaches the pickle's reader.
        seeds.add(new Seed(HostileSeeds.pickle(), HostileSeeds::archive));
        seeds.add(new Seed(HostileSeeds.pickle4(), HostileSeeds::archive));
        return seeds;
    }

    @Test
    void seedsAreSound() throws Exception {
        for (Seed seed : seeds()) {
            assertTrue(Hostile.accepts(folder.resolve("sound"), seed.wrap.apply(seed.bytes)));
        }
    }

    @Test
    @Timeout(60)
    void filesCutAtEveryByteAreRefused() throws Exception {
        Path file = folder.resolve("cut");
        for (Seed seed : seeds()) {
            for (int length = 0; length < Math.min(seed.bytes.length, LONGEST_CUT); length++) {
                String where = length + " of " + seed.bytes.length + " bytes";
                boolean accepted = Hostile.accepts(file, seed.wrap.apply(Arrays.copyOf(seed.bytes, length)));
                assertTrue(!accepted, where);
            }
        }
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void randomMutationsLoadOrAreRefused() throws Exception {
        List<Seed> seeds = seeds();
        seeds.addAll(shared());
        long seed = Long.getLong("lanewise.seed", System.nanoTime());
        System.out.println(CASES + " mutations, seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Path file = folder.resolve("mutated");
        int accepted = 0;
        long slowest = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] mutated = mutate(seeds, random);
            long begin = System.nanoTime();
            try {
                accepted += Hostile.accepts(file, mutated) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("mutation " + i + " of seed " + seed, e);
            }
            slowest = Math.max(slowest, System.nanoTime() - begin);
        }
        System.out.printf("%d accepted, %d refused, the slowest in %d ms%n", accepted, CASES - accepted,
                slowest / 1_000_000);
        assertTrue(slowest < SLOWEST, () -> "a case took more than 2 s with seed " + seed);
        assertTrue(accepted > 0 && accepted < CASES);
        for (Seed sound : seeds) {
            assertTrue(Hostile.accepts(file, sound.wrap.apply(sound.bytes)), "a sound file afterwards");
        }
    }

    /** Small sound files of other writers, where they are beside the project. */
    private static List<Seed> shared() throws IOException {
        List<Seed> seeds = new ArrayList<>();
        Path root = SharedFiles.require("formats");
        for (String format : List.of("safetensors", "pt/burn-reader", "pt/burn-store")) {
            try (Stream<Path> files = Files.list(root.resolve(format))) {
                for (Path file : files.sorted().toList()) {
                    if (Files.size(file) <= LONGEST_CUT && Hostile.accepts(file)) {
                        seeds.add(new Seed(Files.readAllBytes(file), UnaryOperator.identity()));
                    }
                }
            }
        }
        return seeds;
    }

    private static byte[] mutate(List<Seed> seeds, SplittableRandom random) {
        Seed seed = seeds.get(random.nextInt(seeds.size()));
        byte[] bytes = seed.bytes;
        return seed.wrap.apply(switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> splice(bytes, seeds.get(random.nextInt(seeds.size())).bytes, random);
            case 2 -> edge(bytes, random);
            case 3 -> move(bytes, random);
            default -> flip(bytes, random);
        });
    }

    private static byte[] flip(byte[] bytes, SplittableRandom random) {
        byte[] changed = bytes.clone();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            int at = random.nextInt(changed.length);
            changed[at] = (byte) (random.nextBoolean() ? changed[at] ^ 1 << random.nextInt(8) : random.nextInt());
        }
        return changed;
    }

    /** An integer of one to eight bytes becomes one of the edges. */
    private static byte[] edge(byte[] bytes, SplittableRandom random) {
        byte[] edge = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(EDGES[random.nextInt(EDGES.length)]).array();
        byte[] changed = bytes.clone();
        int at = random.nextInt(changed.length);
        System.arraycopy(edge, 0, changed, at, Math.min(1 << random.nextInt(4), changed.length - at));
        return changed;
    }

    /** A piece is copied over, into or out of the file. */
    private static byte[] move(byte[] bytes, SplittableRandom random) {
        int from = random.nextInt(bytes.length);
        int to = random.nextInt(bytes.length);
        int length = random.nextInt(Math.min(64, bytes.length - from) + 1);
        return new SparseBytes().append(Arrays.copyOf(bytes, to)).append(Arrays.copyOfRange(bytes, from, from + length))
                .append(Arrays.copyOfRange(bytes, Math.min(bytes.length, to + random.nextInt(64)), bytes.length)).toArray();
    }

    private static byte[] splice(byte[] head, byte[] tail, SplittableRandom random) {
        return new SparseBytes().append(Arrays.copyOf(head, random.nextInt(head.length)))
                .append(Arrays.copyOfRange(tail, random.nextInt(tail.length), tail.length)).toArray();
    }
}
