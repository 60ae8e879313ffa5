package dev.meerkat.core.internal.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The newest elements of an ever growing sequence, numbered from 1: a ring that grows, and forgets
 * its oldest elements on demand. Not thread-safe.
 */
final class Tail<E> {
    private static final int FIRST_CAPACITY = 2;
    /** A ring up to this length is kept when it empties, since it would soon grow again. */
    private static final int KEPT_CAPACITY = 64;

    private @Nullable Object[] ring = new @Nullable Object[FIRST_CAPACITY];
    /** Number of elements ever dropped, so the first kept one has number {@code dropped + 1}. */
    private long dropped;

    private int head;
    private int size;

    /** Goes on after a number. */
    Tail(long dropped) {
        this.dropped = dropped;
    }

    /** Number of the newest element ever added. */
    long last() {
        return dropped + size;
    }

    long dropped() {
        return dropped;
    }

    int size() {
        return size;
    }

    void add(E element) {
        if (size == ring.length) {
            resize(size * 2);
        }
        ring[(head + size) % ring.length] = element;
        size++;
    }

    /** Forgets all up to a number; the room is given back when nothing is left. */
    void dropTo(long number) {
        while (dropped < number && size > 0) {
            ring[head] = null;
            head = (head + 1) % ring.length;
            size--;
            dropped++;
        }
        if (size == 0 && ring.length > KEPT_CAPACITY) {
            ring = new @Nullable Object[FIRST_CAPACITY];
            head = 0;
        }
    }

    /** The elements after a number that are still kept. */
    List<E> after(long number, int limit) {
        long from = Math.max(number, dropped);
        int count = (int) Math.min(limit, Math.max(0, last() - from));
        List<E> page = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            page.add(get(from + 1 + i));
        }
        return page;
    }

    @SuppressWarnings("unchecked") // only add() fills the ring
    E get(long number) {
        return (E) Objects.requireNonNull(ring[(int) ((head + number - dropped - 1) % ring.length)]);
    }

    private void resize(int capacity) {
        @Nullable Object[] larger = new @Nullable Object[capacity];
        for (int i = 0; i < size; i++) {
            larger[i] = ring[(head + i) % ring.length];
        }
        ring = larger;
        head = 0;
    }
}
