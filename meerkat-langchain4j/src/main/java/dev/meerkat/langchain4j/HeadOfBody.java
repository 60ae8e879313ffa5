package dev.meerkat.langchain4j;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A body whose beginning is kept while it is read. If it turns out to be no stream of events, it says what is wrong. */
final class HeadOfBody extends FilterInputStream {
    private final int most;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();

    HeadOfBody(InputStream body, int most) {
        super(body);
        this.most = most;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        if (read > 0) {
            head.write(buffer, offset, Math.min(read, most - head.size()));
        }
        return read;
    }

    String text() {
        return head.toString(StandardCharsets.UTF_8);
    }
}
