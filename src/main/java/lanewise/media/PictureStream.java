package lanewise.media;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file's bytes as ImageIO wants them, and the clock of its decoding: a decoder that goes on reading after its time is
 * stopped by an exception. Reads are short so that this holds for data of any compression.
 */
final class PictureStream extends ImageInputStreamImpl {
    private static final int CHUNK = 512;
    private static final long BASE_NANOS = 2_000_000_000L;
    /** 1 s for 16 Mpixel, several times what an honest file of that size takes. */
    private static final long NANOS_PER_PIXEL = 60;

    private final byte[] data;
    private long deadline = System.nanoTime() + BASE_NANOS;

    PictureStream(byte[] data) {
        this.data = data;
    }

    /** Starts the clock for a picture of that size. */
    void allow(long pixels) {
        deadline = System.nanoTime() + BASE_NANOS + pixels * NANOS_PER_PIXEL;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        return streamPos < data.length ? data[(int) streamPos++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (System.nanoTime() - deadline > 0) {
            throw new IOException("decoding takes too long for a picture of its size");
        }
        bitOffset = 0;
        int count = (int) Math.min(Math.min(length, CHUNK), data.length - streamPos);
        if (count <= 0) {
            return length == 0 ? 0 : -1;
        }
        System.arraycopy(data, (int) streamPos, target, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return data.length;
    }
}
