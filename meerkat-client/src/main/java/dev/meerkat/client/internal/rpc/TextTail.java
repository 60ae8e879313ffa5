package dev.meerkat.client.internal.rpc;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/** The newest bytes of a text, as many as are kept. Thread-safe. */
final class TextTail {
    private final ReentrantLock lock = new ReentrantLock();
    private final byte[] ring;
    private long total;

    TextTail(int bytes) {
        ring = new byte[bytes];
    }

    void add(byte[] bytes, int length) {
        lock.lock();
        try {
            for (int i = Math.max(0, length - ring.length); i < length; i++) {
                ring[(int) ((total + i) % ring.length)] = bytes[i];
            }
            total += length;
        } finally {
            lock.unlock();
        }
    }

    /** The text without white space around it; a character that was cut shows as a replacement. */
    String text() {
        lock.lock();
        try {
            int length = (int) Math.min(total, ring.length);
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = ring[(int) ((total - length + i) % ring.length)];
            }
            return new String(bytes, StandardCharsets.UTF_8).strip();
        } finally {
            lock.unlock();
        }
    }
}
