package dev.meerkat.core.internal.session;

import dev.meerkat.api.Firing;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.Timing;
import dev.meerkat.core.internal.runtime.AlarmClock;
import dev.meerkat.core.internal.runtime.Backoff;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.time.CronTimes;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredSchedule;
import dev.meerkat.core.store.Track;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what schedules have to say when they are due. The input's id is made of the schedule and the time, so it is there
 * once, whoever sends it how often: only after it is stored, the schedule goes on to its next time. Confined to the one
 * look of the {@link AlarmClock}.
 */
public final class Alarms implements AlarmClock.Look {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
    private static final int PAGE = 64;

    /** A time of a cron schedule has passed once it is that old. */
    private static final Duration PASSED = Duration.ofMinutes(1);

    private final Kernel kernel;
    private final Registry registry;
    private final Deadlines deadlines;
    /** Looks in a row after which something is left to be tried again. */
    private int failures;

    /** When something is due next, as far as this look has seen. */
    private @Nullable Instant next;

    public Alarms(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.registry = registry;
        this.deadlines = new Deadlines(kernel, registry);
    }

    /** A schedule that is due, and the stage of its input; null if none is sent. */
    private record Sent(StoredSchedule stored, @Nullable CompletionStage<AppendResult> stage, InputId input) {}

    @Override
    public Optional<Instant> at(boolean all) throws InterruptedException {
        Optional<Instant> schedule = schedules(all);
        Optional<Instant> deadline = deadlines.look();
        return Stream.concat(schedule.stream(), deadline.stream()).min(Comparator.naturalOrder());
    }

    private Optional<Instant> schedules(boolean all) throws InterruptedException {
        if (all) {
            mend();
        }
        boolean failed = false;
        next = null;
        StoredSchedule after = null;
        List<StoredSchedule> page;
        do {
            page = kernel.store.schedules(null, after, PAGE);
            Instant now = kernel.now();
            List<StoredSchedule> due = page.stream()
                    .filter(stored -> !stored.schedule().next().isAfter(now))
                    .toList();
            failed |= !fire(due, now);
            if (due.size() < page.size()) {
                waitFor(page.get(due.size()).schedule().next());
                break;
            }
            after = page.isEmpty() ? after : page.get(page.size() - 1);
        } while (page.size() == PAGE && kernel.activity.open());
        failures = failed ? failures + 1 : 0;
        if (failed) {
            waitFor(kernel.now().plus(Backoff.after(failures)));
        }
        return Optional.ofNullable(next);
    }

    private void waitFor(Instant time) {
        next = next == null || time.isBefore(next) ? time : next;
    }

    /** False if some must be tried again. */
    private boolean fire(List<StoredSchedule> due, Instant now) throws InterruptedException {
        boolean whole = true;
        List<Sent> all = new ArrayList<>();
        for (StoredSchedule stored : due) {
            if (kernel.activity.open() && kernel.owns(stored.session())) {
                try {
                    all.add(send(stored, now));
                } catch (SessionNotFoundException e) {
                    LOG.debug("session {} is not there any more", stored.session());
                } catch (MeerkatException e) {
                    LOG.debug("session {}: its schedule waits: {}", stored.session(), e.getMessage());
                    whole = false;
                }
            }
        }
        List<CompletionStage<ScheduleResult>> changes = new ArrayList<>();
        List<ScheduleId> changed = new ArrayList<>();
        for (Sent sent : all) {
            if (stored(sent)) {
                ScheduleChange change = next(sent.stored(), now);
                if (change instanceof ScheduleChange.Move move) {
                    waitFor(move.to());
                }
                changes.add(kernel.store.change(change));
                changed.add(sent.stored().schedule().id());
            } else {
                whole = false;
            }
        }
        for (int i = 0; i < changes.size(); i++) {
            try {
                ScheduleResult unused =
                        kernel.await(changes.get(i), changed.get(i).value());
            } catch (MeerkatException e) {
                LOG.warn("schedule {} has fired, and its next time is not stored yet", changed.get(i), e);
                whole = false;
            }
        }
        return whole;
    }

    private Sent send(StoredSchedule stored, Instant now) {
        Schedule schedule = stored.schedule();
        Optional<Instant> due = due(schedule, now);
        InputId id = inputId(schedule, due.orElse(schedule.next()));
        if (due.isEmpty()) {
            return new Sent(stored, null, id);
        }
        InputBody body =
                new InputBody.Local(schedule.spec().input(), Optional.of(new Firing(schedule.id(), due.get())));
        NewInput input = new NewInput(id, now, Track.of(body), body);
        return new Sent(stored, new Admission(registry.loop(stored.session())).fire(input), id);
    }

    /** The time that counts now; empty if all that were due have passed, and none of those counts. */
    private static Optional<Instant> due(Schedule schedule, Instant now) {
        Instant first = schedule.next();
        Instant oldest = now.minus(PASSED);
        if (!(schedule.spec().timing() instanceof Timing.Cron cron)
                || cron.misfire() == Timing.Misfire.FIRE_ONCE
                || !first.isBefore(oldest)) {
            return Optional.of(first);
        }
        return CronTimes.of(cron).next(oldest).filter(next -> !next.isAfter(now));
    }

    /** The same for each time of a schedule. */
    private static InputId inputId(Schedule schedule, Instant due) {
        return new InputId(NameIds.of(schedule.id().value(), Long.toString(StoredNumbers.of(due))));
    }

    /** Whether the input is there, or need not be. */
    private boolean stored(Sent sent) throws InterruptedException {
        if (sent.stage() == null) {
            return true;
        }
        AppendResult result;
        try {
            result = kernel.await(sent.stage(), sent.input().value());
        } catch (MeerkatException e) {
            kernel.warnings.failed(LOG, sent.stored().session(), "its schedule is tried again", e);
            return false;
        }
        return result instanceof AppendResult.Refused refused
                ? refused.reason() == AppendResult.Reason.ARCHIVED
                        || refused.reason() == AppendResult.Reason.UNKNOWN_SESSION
                : !(result instanceof Fenced);
    }

    private static ScheduleChange next(StoredSchedule stored, Instant now) {
        Schedule schedule = stored.schedule();
        Optional<Instant> next = schedule.spec().timing() instanceof Timing.Cron cron
                ? CronTimes.of(cron).next(now)
                : Optional.empty();
        return next.isPresent()
                ? new ScheduleChange.Move(stored.session(), schedule.id(), schedule.next(), next.get())
                : new ScheduleChange.Drop(stored.session(), schedule.id(), Optional.of(schedule.next()));
    }

    /** Moves due times that a clock set back has moved too far away. */
    private void mend() throws InterruptedException {
        StoredSchedule after = null;
        List<StoredSchedule> page;
        do {
            page = kernel.store.schedules(null, after, PAGE);
            Instant now = kernel.now();
            for (StoredSchedule stored : page) {
                Schedule schedule = stored.schedule();
                Optional<Instant> sooner =
                        latest(schedule.spec().timing(), now).filter(latest -> latest.isBefore(schedule.next()));
                if (sooner.isPresent() && kernel.owns(stored.session())) {
                    ScheduleResult unused = kernel.await(
                            kernel.store.change(new ScheduleChange.Move(
                                    stored.session(), schedule.id(), schedule.next(), sooner.get())),
                            schedule.id().value());
                }
            }
            after = page.isEmpty() ? after : page.get(page.size() - 1);
        } while (page.size() == PAGE && kernel.activity.open());
    }

    /** No later than this is due what is made now. */
    private static Optional<Instant> latest(Timing timing, Instant now) {
        return timing.match(
                delayed -> Optional.of(now.plus(delayed.delay())),
                at -> Optional.empty(),
                cron -> CronTimes.of(cron).next(now));
    }
}
