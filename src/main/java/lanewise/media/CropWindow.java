package lanewise.media;

import lanewise.model.Preprocessing;
import lanewise.model.Resize;

/**
 * Where the centre crop lies in the resized picture. The resized picture is never made: only the pixels under the
 * window are computed, so the proportions of a picture do not decide how much memory it takes.
 *
 * @param resizedWidth columns the whole resized picture would have
 * @param resizedHeight rows the whole resized picture would have
 * @param left resized column of the crop's first column; negative where the crop is wider and has a black border
 * @param top resized row of the crop's first row; negative where the crop is higher
 * @param width columns of the crop
 * @param height rows of the crop
 */
record CropWindow(int resizedWidth, int resizedHeight, int left, int top, int width, int height) {

    /** The sizes of torchvision's {@code resize} followed by its {@code center_crop}. */
    static CropWindow of(int sourceWidth, int sourceHeight, Preprocessing preprocessing) {
        int width = sourceWidth;
        int height = sourceHeight;
        switch (preprocessing.resize()) {
            case Resize.ShortSide(int pixels) -> {
                if (sourceWidth <= sourceHeight) {
                    width = pixels;
                    height = proportional(pixels, sourceHeight, sourceWidth);
                } else {
                    height = pixels;
                    width = proportional(pixels, sourceWidth, sourceHeight);
                }
            }
            case Resize.Exact(int exactHeight, int exactWidth) -> {
                height = exactHeight;
                width = exactWidth;
            }
            case Resize.None() -> {}
        }
        return new CropWindow(
                width,
                height,
                offset(width, preprocessing.width()),
                offset(height, preprocessing.height()),
                preprocessing.width(),
                preprocessing.height());
    }

    private static int proportional(int pixels, int longer, int shorter) {
        return pixels * longer / shorter;
    }

    /** Centred like {@code int(round((size - crop) / 2.0))} in Python, whose ties go to the even number. */
    private static int offset(int size, int crop) {
        return size < crop ? -((crop - size) / 2) : (int) Math.rint((size - crop) / 2.0);
    }

    /** First and one past the last crop column that show the picture, not the border. */
    int firstColumn() {
        return Math.max(0, -left);
    }

    int endColumn() {
        return Math.min(width, resizedWidth - left);
    }

    int firstRow() {
        return Math.max(0, -top);
    }

    int endRow() {
        return Math.min(height, resizedHeight - top);
    }
}
