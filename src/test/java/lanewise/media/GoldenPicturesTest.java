package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import lanewise.SharedFiles;
import lanewise.model.Preprocessing;
import lanewise.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole photos give torchvision's crop and input tensor bit for bit. */
class GoldenPicturesTest {
    @ParameterizedTest
    @ValueSource(strings = {"kitten", "samoyed"})
    void jpegToTensor(String name) throws Exception {
        Path photo = SharedFiles.require("media/images/known-class/" + name + ".jpg");
        Path crop = SharedFiles.require("golden/imagenet/crop224_" + name + ".png");
        Path input = SharedFiles.require("golden/imagenet/input_" + name + ".npy");

        assertEquals(Pictures.read(crop), Media.fit(Pictures.read(photo), Preprocessing.IMAGENET));
        try (Arena arena = Arena.ofShared()) {
            Tensor tensor = Media.load(arena, photo, Preprocessing.IMAGENET);
            assertEquals(Preprocessing.IMAGENET.inputShape(1), tensor.shape());
            assertArrayEquals(npyFloats(input), tensor.toArray());
        }
    }

    /** The payload of a version 1 file of little-endian floats, whose header length stands at byte 8. */
    private static float[] npyFloats(Path file) throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(10 + bytes.getShort(8));
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
