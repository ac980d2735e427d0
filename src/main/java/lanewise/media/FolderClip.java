package lanewise.media;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lanewise.model.Preprocessing;

/**
 * A folder of numbered picture files, ordered by the last number in their names (2 before 10), then by name. Other files
 * and hidden ones are passed over. Frames that are skipped are not opened: what is wrong with them goes unnoticed.
 */
record FolderClip(Path folder, List<Path> files) implements Clip {
    private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "bmp", "gif");
    private static final Pattern LAST_NUMBER = Pattern.compile("(\\d+)\\D*$");

    static FolderClip of(Path folder) throws MediaException, IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(FolderClip::isFrame)
                    .limit(Preprocessing.MAX_FRAMES + 1L)
                    .sorted(Comparator.comparing(FolderClip::number).thenComparing(Path::getFileName))
                    .toList();
        }
        if (files.isEmpty()) {
            throw new MediaException(
                    folder, "no numbered picture files (" + String.join(", ", EXTENSIONS.stream().sorted().toList())
                            + ") in this folder", "name them like frame_0001.jpg");
        }
        if (files.size() > Preprocessing.MAX_FRAMES) {
            throw new MediaException(
                    folder, "more than " + Preprocessing.MAX_FRAMES + " frames", "give a part of them");
        }
        return new FolderClip(folder, files);
    }

    private static boolean isFrame(Path file) {
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && EXTENSIONS.contains(extension)
                && LAST_NUMBER.matcher(name).find()
                && Files.isRegularFile(file);
    }

    private static BigInteger number(Path file) {
        Matcher matcher = LAST_NUMBER.matcher(file.getFileName().toString());
        return matcher.find() ? new BigInteger(matcher.group(1)) : BigInteger.ZERO;
    }

    @Override
    public int count() {
        return files.size();
    }

    @Override
    public FrameSource frames() {
        return new Frames();
    }

    private final class Frames implements FrameSource {
        private int next;
        private Optional<Picture> first = Optional.empty();

        @Override
        public Optional<Picture> next() throws MediaException {
            if (next == files.size()) {
                return Optional.empty();
            }
            Path file = files.get(next++);
            Picture frame = Pictures.read(file);
            Picture model = first.orElse(frame);
            first = Optional.of(model);
            if (frame.width() != model.width() || frame.height() != model.height()) {
                throw new MediaException(
                        file,
                        "a frame of " + frame.width() + " x " + frame.height() + " in a clip of " + model.width() + " x "
                                + model.height(),
                        "make all frames of " + folder + " the same size");
            }
            return Optional.of(frame);
        }

        @Override
        public boolean skip() {
            boolean more = next < files.size();
            next += more ? 1 : 0;
            return more;
        }

        @Override
        public void close() {}
    }
}
