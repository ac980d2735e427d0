package lanewise.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lanewise.model.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderClipTest {
    @TempDir
    private Path folder;

    @Test
    void framesAreOrderedByTheirLastNumber() throws Exception {
        String[] names = {
            "f1.png", "f2.png", "f03.png", "take9_f4.png", "take10_f5.png", "f10.png", "f100000000000000000000.png"};
        for (int i = names.length - 1; i >= 0; i--) {
            frame(names[i], i);
        }
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), levels());
    }

    @Test
    void framesOfOneNumberAreOrderedByName() throws Exception {
        frame("b1.png", 2);
        frame("a1.png", 1);
        frame("a01.png", 0);
        assertEquals(List.of(0, 1, 2), levels());
    }

    @Test
    void whatIsNoNumberedPictureIsPassedOver() throws Exception {
        frame("f2.PNG", 7);
        frame(".f1.png", 1);
        frame("cover.png", 2);
        frame("f3.tiff", 3);
        frame("f4", 4);
        Files.createDirectory(folder.resolve("f5.png"));
        assertEquals(List.of(7), levels());
    }

    @Test
    void theContentOfAFrameDecidesItsFormat() throws Exception {
        frame("f1.jpg", 1);
        frame("f2.bmp", 2);
        assertEquals(List.of(1, 2), levels());
    }

    @Test
    void aFolderWithoutFramesIsRefused() throws Exception {
        Files.writeString(folder.resolve("readme1.txt"), "");
        String message = assertThrows(MediaException.class, () -> Clip.of(folder)).getMessage();
        assertTrue(message.startsWith(folder + ": no numbered picture files (bmp, gif, jpeg, jpg, png)"), message);
    }

    @Test
    void moreFramesThanTheLimitAreRefused() throws Exception {
        for (int i = 0; i <= Preprocessing.MAX_FRAMES; i++) {
            Files.createFile(folder.resolve("f" + i + ".png"));
        }
        String message = assertThrows(MediaException.class, () -> Clip.of(folder)).getMessage();
        assertTrue(message.contains("more than 10000 frames"), message);
    }

    @Test
    void framesOfOtherSizesAreRefusedByName() throws Exception {
        frame("f1.png", 1);
        Path wide = Files.write(folder.resolve("f2.png"), PictureFiles.grey(5, 3, 0));
        Path high = Files.write(folder.resolve("f3.png"), PictureFiles.grey(4, 4, 0));
        try (FrameSource frames = Clip.of(folder).frames()) {
            frames.next();
            MediaException first = assertThrows(MediaException.class, frames::next);
            assertEquals(wide, first.file());
            assertTrue(first.getMessage().contains("a frame of 5 x 3 in a clip of 4 x 3"), first.getMessage());
            assertEquals(high, assertThrows(MediaException.class, frames::next).file());
        }
    }

    @Test
    void aDamagedFrameIsNamed() throws Exception {
        frame("f1.png", 1);
        Path damaged = Files.writeString(folder.resolve("f2.png"), "no picture");
        try (FrameSource frames = Clip.of(folder).frames()) {
            frames.next();
            assertEquals(damaged, assertThrows(MediaException.class, frames::next).file());
        }
    }

    private void frame(String name, int level) throws IOException {
        Files.write(folder.resolve(name), PictureFiles.grey(4, 3, level));
    }

    private List<Integer> levels() throws Exception {
        Clip clip = Clip.of(folder);
        List<Integer> levels = new ArrayList<>();
        try (FrameSource frames = clip.frames()) {
            for (Optional<Picture> frame = frames.next(); frame.isPresent(); frame = frames.next()) {
                levels.add(frame.get().level(0, 0, 0));
            }
        }
        assertEquals(clip.count(), levels.size());
        return levels;
    }
}
