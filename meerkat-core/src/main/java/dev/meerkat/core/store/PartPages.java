package dev.meerkat.core.store;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.TranscriptEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The order of the last parts of an export, which a store reads page by page: the same in every store, so that the same session is the
 * same bytes. Stores read the pages, all from one state.
 */
public final class PartPages {
    /** Parts that are held at a time. */
    private static final int PAGE = 500;

    private PartPages() {}

    /**
     * Reads a page of one session.
     *
     * @param <P> what tells where a page ends
     * @param <T> what is read
     * @param <E> how the store fails
     */
    @FunctionalInterface
    public interface Page<P, T, E extends Exception> {
        /**
         * Reads on.
         *
         * @param after where the page before ended
         * @param limit how many at most
         * @return in order; empty if there are no more
         * @throws E if the store cannot be read
         */
        List<T> read(P after, int limit) throws E;
    }

    /**
     * Reads a page of the schedules of one session.
     *
     * @param <E> how the store fails
     */
    @FunctionalInterface
    public interface SchedulePage<E extends Exception> {
        /**
         * Reads on.
         *
         * @param after the last one of the page before, or null for the first page
         * @param limit how many at most
         * @return in an order of the store; empty if there are no more
         * @throws E if the store cannot be read
         */
        List<StoredSchedule> read(@Nullable StoredSchedule after, int limit) throws E;
    }

    /**
     * Tells a transcript, from its first entry that is there.
     *
     * @param from the number of that entry
     * @param pages reads entries from a number on
     * @param to told each part
     * @param <E> how the store fails
     * @throws E if the store cannot be read
     */
    public static <E extends Exception> void transcript(
            long from, Page<Long, TranscriptEntry, E> pages, Consumer<? super SessionPart> to) throws E {
        long at = from;
        List<TranscriptEntry> page;
        do {
            page = pages.read(at, PAGE);
            page.forEach(entry -> to.accept(new SessionPart.Entry(entry)));
            at += page.size();
        } while (page.size() == PAGE);
    }

    /**
     * Tells an outbox, in the order of its numbers. Its pages may be shorter than asked for.
     *
     * @param pages reads envelopes after a number
     * @param to told each part
     * @param <E> how the store fails
     * @throws E if the store cannot be read
     */
    public static <E extends Exception> void outbox(Page<Long, Outgoing, E> pages, Consumer<? super SessionPart> to)
            throws E {
        long after = 0;
        List<Outgoing> page = pages.read(after, PAGE);
        while (!page.isEmpty()) {
            page.forEach(outgoing -> to.accept(new SessionPart.Unsent(outgoing.envelope())));
            after = page.get(page.size() - 1).number();
            page = pages.read(after, PAGE);
        }
    }

    /**
     * Tells schedules, in the order of their ids: of those that are due at the same time each store has an order of its own. Holds all of
     * them, which are few.
     *
     * @param pages reads schedules after one, or from the first
     * @param to told each part
     * @param <E> how the store fails
     * @throws E if the store cannot be read
     */
    public static <E extends Exception> void schedules(SchedulePage<E> pages, Consumer<? super SessionPart> to)
            throws E {
        List<Schedule> all = new ArrayList<>();
        @Nullable StoredSchedule after = null;
        List<StoredSchedule> page = pages.read(after, PAGE);
        while (!page.isEmpty()) {
            page.forEach(stored -> all.add(stored.schedule()));
            after = page.get(page.size() - 1);
            page = pages.read(after, PAGE);
        }
        all.sort(Comparator.comparing(schedule -> schedule.id().toString()));
        all.forEach(schedule -> to.accept(new SessionPart.Planned(schedule)));
    }
}
