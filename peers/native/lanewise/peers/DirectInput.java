package lanewise.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** A float32 tensor of numpy's file format, version 1, in memory that native code reads without a copy. */
record DirectInput(FloatBuffer values, long[] shape) {
    private static final int FIXED = 10;

    static DirectInput read(Path npy) throws IOException {
        try (FileChannel file = FileChannel.open(npy)) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(file.size())).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                // A read may stop short of the end.
            }
            byte[] header = new byte[bytes.getShort(FIXED - 2)];
            bytes.get(FIXED, header);
            String text = new String(header, StandardCharsets.US_ASCII);
            String axes = text.substring(text.indexOf('(') + 1, text.indexOf(')'));
            long[] shape = Arrays.stream(axes.split(",")).map(String::strip).filter(axis -> !axis.isEmpty())
                    .mapToLong(Long::parseLong).toArray();
            return new DirectInput(bytes.position(FIXED + header.length).slice().order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer(), shape);
        }
    }
}
