package lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import lanewise.nn.Network;
import lanewise.nn.Options;
import lanewise.nn.Program;
import lanewise.nn.Session;
import lanewise.nn.ShapeException;
import lanewise.nn.Workers;
import lanewise.tensor.Shape;
import lanewise.tensor.Tensor;
import lanewise.weights.WeightException;
import lanewise.weights.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A model answers many at once, ends in order, and ranks its answers. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModelTest {
    private static final Architecture SMALL = TestNets.cifar(List.of(1, 1, 1), List.of(8, 16, 32), 10);
    private static final List<Shape> SHAPES = List.of(Shape.image(1, 3, 32, 32), Shape.image(2, 3, 32, 32),
            Shape.image(1, 3, 17, 23), Shape.image(3, 3, 8, 8), Shape.image(1, 3, 40, 9), Shape.image(1, 3, 5, 5));

    @Test
    void manyCallersGetTheBitsOfOne() throws Exception {
        try (Model model = Model.seeded(SMALL, Options.standard().withThreads(2)); Arena arena = Arena.ofShared();
                ExecutorService callers = Executors.newFixedThreadPool(4)) {
            List<Tensor> inputs = new ArrayList<>();
            List<float[]> expected = new ArrayList<>();
            for (int i = 0; i < 2 * SHAPES.size(); i++) {
                inputs.add(input(arena, SHAPES.get(i % SHAPES.size()), i));
                expected.add(model.run(arena, inputs.get(i)).toArray());
            }
            assertFalse(Arrays.equals(expected.get(0), expected.get(SHAPES.size())), "inputs must differ");
            List<Future<?>> answers = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                int first = caller;
                answers.add(callers.submit(() -> {
                    for (int round = 0; round < 60; round++) {
                        int each = (first + round * (first + 1)) % inputs.size();
                        try (Arena answer = Arena.ofShared()) {
                            assertArrayEquals(expected.get(each), model.run(answer, inputs.get(each)).toArray());
                        }
                    }
                }));
            }
            for (Future<?> answer : answers) {
                answer.get();
            }
        }
    }

    /** Calls that began before the end get their answer; later ones are told that the model is closed. */
    @Test
    void closeWaitsForCallsUnderWay() throws Exception {
        try (Arena arena = Arena.ofShared(); ExecutorService callers = Executors.newFixedThreadPool(3)) {
            for (int round = 0; round < 10; round++) {
                Model model = Model.seeded(SMALL, Options.standard().withThreads(2));
                Tensor input = input(arena, SHAPES.getFirst(), round);
                float[] expected = model.run(arena, input).toArray();
                CountDownLatch running = new CountDownLatch(3);
                List<Future<String>> ends = new ArrayList<>();
                for (int caller = 0; caller < 3; caller++) {
                    ends.add(callers.submit(() -> untilClosed(model, input, expected, running)));
                }
                assertTrue(running.await(30, TimeUnit.SECONDS));
                model.close();
                for (Future<String> end : ends) {
                    assertEquals("the model is closed", end.get());
                }
            }
        }
    }

    private static String untilClosed(Model model, Tensor input, float[] expected, CountDownLatch running) {
        while (true) {
            try (Arena answer = Arena.ofShared()) {
                assertArrayEquals(expected, model.run(answer, input).toArray());
                running.countDown();
            } catch (IllegalStateException e) {
                return e.getMessage();
            }
        }
    }

    @Test
    void aClosedModelRefuses() throws WeightException {
        Model model = Model.seeded(SMALL, Options.standard());
        model.close();
        model.close();
        try (Arena arena = Arena.ofShared()) {
            Tensor input = Tensor.allocate(arena, SHAPES.getFirst());
            assertThrows(IllegalStateException.class, () -> model.run(arena, input));
            assertThrows(IllegalStateException.class, () -> model.classify(input, 1));
        }
    }

    @Test
    void aShapeThatDoesNotFitIsRefusedAndTheModelStaysUsable() throws WeightException {
        try (Model model = Model.seeded(SMALL, Options.standard()); Arena arena = Arena.ofShared()) {
            Tensor input = input(arena, SHAPES.getFirst(), 1);
            float[] expected = model.run(arena, input).toArray();
            assertThrows(ShapeException.class, () -> model.run(arena, Tensor.allocate(arena, Shape.image(1, 4, 32, 32))));
            assertThrows(ShapeException.class, () -> model.run(arena, Tensor.allocate(arena, Shape.image(1, 3, 0, 32))));
            assertArrayEquals(expected, model.run(arena, input).toArray());
        }
    }

    @Test
    void sessionsArePooledByShape() throws WeightException {
        Network network = SMALL.declare(Weights.seeded());
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1)) {
            Program program = Program.of(arena, network, SHAPES.getFirst(), Options.standard().withThreads(1));
            Sessions sessions = new Sessions(program, workers, Long.MAX_VALUE);
            Session first = sessions.borrow(SHAPES.get(0));
            Session second = sessions.borrow(SHAPES.get(0));
            assertNotSame(first, second, "one session for two callers");
            sessions.giveBack(first);
            assertNotSame(first, sessions.borrow(SHAPES.get(1)), "a session of another shape");
            assertSame(first, sessions.borrow(SHAPES.get(0)));
            sessions.giveBack(second);
            sessions.close();
            assertFalse(isOpen(second));
        }
    }

    @Test
    void theOldestIdleSessionsAreClosed() throws WeightException {
        Network network = SMALL.declare(Weights.seeded());
        try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1)) {
            Program program = Program.of(arena, network, SHAPES.getFirst(), Options.standard().withThreads(1));
            List<Boolean> open = openAfterUse(new Sessions(program, workers, Long.MAX_VALUE));
            assertEquals(List.of(false, false, true, true, true, true), open);
            assertEquals(List.of(false, false, false, false, false, true), openAfterUse(new Sessions(program, workers, 1)));
        }
    }

    /** Which sessions are open after one for each shape was used; all are closed in the end. */
    private static List<Boolean> openAfterUse(Sessions sessions) {
        List<Session> all = SHAPES.stream().map(sessions::borrow).toList();
        all.forEach(sessions::giveBack);
        List<Boolean> open = all.stream().map(ModelTest::isOpen).toList();
        sessions.close();
        assertTrue(all.stream().noneMatch(ModelTest::isOpen));
        return open;
    }

    private static boolean isOpen(Session session) {
        try (Arena arena = Arena.ofShared()) {
            session.run(Tensor.allocate(arena, session.plan().input()));
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Test
    void classifyRanksWhatRunComputes() throws WeightException {
        try (Model model = Model.seeded(SMALL, Options.standard()); Arena arena = Arena.ofShared()) {
            Tensor input = input(arena, SHAPES.getFirst(), 3);
            float[] logits = model.run(arena, input).toArray();
            List<Prediction> best = model.classify(input, 10);
            assertEquals(10, best.size());
            assertEquals(1, best.stream().mapToDouble(Prediction::probability).sum(), 1e-12);
            for (int i = 0; i < 10; i++) {
                assertEquals(logits[best.get(i).index()], best.get(i).logit());
                assertTrue(i == 0 || best.get(i - 1).logit() >= best.get(i).logit(), best::toString);
            }
            assertEquals(best.subList(0, 3), model.classify(input, 3));
            Tensor batch = Tensor.allocate(arena, SHAPES.get(1));
            assertTrue(assertThrows(IllegalArgumentException.class, () -> model.classify(batch, 3)).getMessage()
                    .contains("use run for batches"));
        }
    }

    /** A network that ends with softmax answers with probabilities, which classify leaves as they are. */
    @Test
    void probabilitiesStay() throws WeightException {
        Architecture ending = TestNets.clips("pytorchvideo_r2plus1d_50", List.of(1, 1, 1, 1), List.of(4, 4, 4, 4), 5)
                .with("headPool", "1x2x2");
        try (Model model = Model.seeded(ending.with("maxPool", "none"), Options.standard().withThreads(1));
                Arena arena = Arena.ofShared()) {
            Tensor input = input(arena, new Shape(1, 3, 8, 96, 64), 5);
            float[] outputs = model.run(arena, input).toArray();
            List<Prediction> all = model.classify(input, 5);
            assertEquals(1, all.stream().mapToDouble(Prediction::probability).sum(), 1e-6);
            all.forEach(each -> assertEquals(outputs[each.index()], each.probability()));
        }
    }

    @Test
    void predictionsAreSoftmaxInOrder() {
        List<Prediction> two = Model.predictions(new float[] {0, (float) Math.log(3), -1e30f, 0}, 2);
        assertEquals(List.of(1, 0), indices(two));
        assertEquals(3 / 5.0, two.getFirst().probability(), 1e-7);
        assertEquals(1 / 5.0, two.getLast().probability(), 1e-7);
        assertEquals(List.of(1, 0, 2), indices(Model.predictions(new float[] {1e38f, 3e38f, -3e38f}, 3)), "no overflow");
        assertEquals(1, Model.predictions(new float[] {1e38f, 3e38f, -3e38f}, 1).getFirst().probability());
    }

    @Test
    void tiesGoByIndexAndTopMayBeLarge() {
        assertEquals(List.of(1, 3, 0, 2), indices(Model.predictions(new float[] {1, 2, 1, 2}, 100)));
        assertEquals(List.of(), Model.predictions(new float[] {1, 2}, 0));
        assertEquals(List.of(), Model.predictions(new float[0], 5));
    }

    @Test
    void nanComesLastAndTaintsEveryProbability() {
        List<Prediction> all = Model.predictions(new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 3, Float.NaN, 4}, 5);
        assertEquals(List.of(4, 2, 1, 0, 3), indices(all));
        assertTrue(all.stream().allMatch(each -> Double.isNaN(each.probability())), all::toString);
    }

    private static List<Integer> indices(List<Prediction> predictions) {
        return predictions.stream().map(Prediction::index).toList();
    }

    /** Seeded numbers, others for each {@code seed}. */
    private static Tensor input(Arena arena, Shape shape, int seed) throws WeightException {
        return Tensor.of(arena, shape, Weights.seeded().take("caller" + seed + ".input", shape.elements()).toArray());
    }
}
