package dev.meerkat.core.store;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import org.jspecify.annotations.Nullable;

/** What becomes of a change of a schedule, by what a store has: the same in every store. Stores look up and write. */
public final class ScheduleRules {
    private ScheduleRules() {}

    /**
     * The schedules of one live session, as its store has them.
     *
     * @param <E> how the store fails
     */
    public interface Kept<E extends Exception> {
        /**
         * Looks one up.
         *
         * @param id its id
         * @return the schedule, or null if there is none
         * @throws E if the store cannot be read
         */
        @Nullable
        Schedule find(ScheduleId id) throws E;

        /**
         * Counts them.
         *
         * @return how many there are
         * @throws E if the store cannot be read
         */
        long count() throws E;

        /**
         * Writes one, in the place of that with the same id if there is one.
         *
         * @param schedule the schedule
         * @throws E if the store cannot be written to
         */
        void put(Schedule schedule) throws E;

        /**
         * Removes one that is there.
         *
         * @param id its id
         * @throws E if the store cannot be written to
         */
        void drop(ScheduleId id) throws E;
    }

    /**
     * Makes a change, or refuses it.
     *
     * @param change the change
     * @param kept the schedules of its session
     * @param <E> how the store fails
     * @return what became of it; only {@link ScheduleResult.Done} has changed anything
     * @throws E if the store fails
     */
    public static <E extends Exception> ScheduleResult change(ScheduleChange change, Kept<E> kept) throws E {
        Schedule there = kept.find(change.id());
        if (change instanceof ScheduleChange.Add add) {
            if (there != null) {
                return new ScheduleResult.There(there);
            }
            if (kept.count() >= add.most()) {
                return new ScheduleResult.Full();
            }
            kept.put(add.schedule());
            return new ScheduleResult.Done();
        }
        if (there == null || !isExpected(change, there)) {
            return new ScheduleResult.Absent();
        }
        if (change instanceof ScheduleChange.Move move) {
            kept.put(there.withNext(move.to()));
        } else {
            kept.drop(change.id());
        }
        return new ScheduleResult.Done();
    }

    /** Whether a schedule is due when the change expects it. */
    private static boolean isExpected(ScheduleChange change, Schedule there) {
        if (change instanceof ScheduleChange.Move move) {
            return move.from().equals(there.next());
        }
        return change instanceof ScheduleChange.Drop drop
                && drop.due().filter(due -> !due.equals(there.next())).isEmpty();
    }
}
