package dev.meerkat.core.internal.session;

import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.TooManySchedulesException;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.time.CronTimes;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.StoredSchedule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The schedules of one session. Thread-safe. */
public record SessionSchedules(SessionState session) {
    private static final String CONFLICT = "schedule_conflict";

    public Schedule add(ScheduleSpec spec) throws InterruptedException {
        Kernel kernel = session.kernel;
        kernel.checkNotClosed();
        session.checkLive();
        Instant now = kernel.now();
        ScheduleId id = new ScheduleId(spec.key()
                .map(key -> NameIds.of(session.id.value(), "schedule " + key))
                .orElseGet(() -> kernel.env.ids().next()));
        Schedule schedule = new Schedule(id, spec, now, first(spec, now));
        int most = kernel.limits.sessions().schedules();
        ScheduleResult result = kernel.await(
                kernel.store
                        .change(new ScheduleChange.Add(session.id, schedule, most))
                        .whenComplete((done, failure) -> {
                            if (done instanceof ScheduleResult.Done) {
                                kernel.alarmClock.due(schedule.next());
                            } else if (Kernel.unknown(failure)) {
                                UnknownOutcomes.resolve(kernel, session.id, kernel.alarmClock::look);
                            }
                        }),
                id.value());
        if (result instanceof ScheduleResult.There there
                && there.schedule().spec().equals(spec)) {
            return there.schedule();
        }
        if (result instanceof ScheduleResult.There there) {
            throw new NotDoneException(
                    CONFLICT,
                    "session " + session.id + " has another schedule under the key "
                            + spec.key().orElse("of " + there.schedule().id()) + "; cancel that first");
        }
        if (result instanceof ScheduleResult.Full) {
            throw new TooManySchedulesException(session.id, most);
        }
        check(result);
        return schedule;
    }

    private Instant first(ScheduleSpec spec, Instant now) {
        Instant first = spec.timing().match(after -> now.plus(after.delay()), at -> at.time(), cron -> {
            CronTimes times = CronTimes.of(cron);
            times.check(now, session.kernel.limits.sessions().scheduleGap());
            return times.next(now).orElseThrow();
        });
        StoredNumbers.check(first);
        return first;
    }

    private void check(ScheduleResult result) {
        if (result instanceof Fenced fenced) {
            throw FencedFault.refusal(session.id, fenced);
        }
        if (result instanceof ScheduleResult.Absent) {
            throw new SessionArchivedException(session.id);
        }
    }

    public List<Schedule> all() {
        Kernel kernel = session.kernel;
        return kernel.store.schedules(session.id, null, kernel.limits.sessions().schedules()).stream()
                .map(StoredSchedule::schedule)
                .toList();
    }

    public boolean cancel(ScheduleId id) throws InterruptedException {
        Kernel kernel = session.kernel;
        kernel.checkOpen();
        ScheduleResult result = kernel.await(
                kernel.store.change(new ScheduleChange.Drop(session.id, id, Optional.empty())), id.value());
        if (result instanceof Fenced fenced) {
            throw FencedFault.refusal(session.id, fenced);
        }
        return result instanceof ScheduleResult.Done;
    }
}
