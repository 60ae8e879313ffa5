package dev.meerkat.conformance.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/** Writes a recording, one JSON object a line, without what belongs to this machine. Thread-safe. */
final class Journal implements AutoCloseable {
    private static final Pattern TOKEN = Pattern.compile("mct_[A-Za-z0-9_-]+");

    private final ReentrantLock lock = new ReentrantLock();
    private final BufferedWriter out;
    private final String home;
    private final long start = System.nanoTime();

    Journal(Path file, Path home) throws IOException {
        this.out = Files.newBufferedWriter(file);
        this.home = home.toString();
    }

    /** Milliseconds since the recording began. */
    long now() {
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** Begins an entry of this moment. */
    ObjectNode entry() {
        return Step.MAPPER.createObjectNode().put("t_ms", now());
    }

    void write(ObjectNode entry) {
        String line = TOKEN.matcher(entry.toString()).replaceAll("mct_removed").replace(home, "/meerkat");
        lock.lock();
        try {
            out.write(line);
            out.newLine();
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
