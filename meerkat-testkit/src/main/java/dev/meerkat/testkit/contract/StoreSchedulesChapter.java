package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.Timing;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.StoredSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Stores: what sessions are to get later. */
public abstract class StoreSchedulesChapter extends StoreFailedInputsChapter {
    private static final int MOST = 3;
    private static final CommsCommand.Input INPUT = new CommsCommand.Input(
            "look \u2603", List.of(new ContentBlock.Text("again")), "test", HandlingMode.STEER, Optional.empty());

    /** For the next chapter. */
    StoreSchedulesChapter() {}

    private Schedule schedule(Instant next) {
        return new Schedule(new ScheduleId(uuid()), ScheduleSpec.at(next, INPUT), AT, next);
    }

    private ScheduleResult add(SessionId session, Schedule schedule) {
        return done(store().change(new ScheduleChange.Add(session, schedule, MOST)));
    }

    private Schedule added(SessionId session, Instant next) {
        Schedule schedule = schedule(next);
        assertThat(add(session, schedule)).isEqualTo(new ScheduleResult.Done());
        return schedule;
    }

    private ScheduleResult move(SessionId session, ScheduleId id, Instant from, Instant to) {
        return done(store().change(new ScheduleChange.Move(session, id, from, to)));
    }

    private ScheduleResult drop(SessionId session, ScheduleId id, Optional<Instant> due) {
        return done(store().change(new ScheduleChange.Drop(session, id, due)));
    }

    private List<Schedule> schedules(SessionId session) {
        return store().schedules(session, null, 100).stream()
                .map(StoredSchedule::schedule)
                .toList();
    }

    @Test
    public void schedulesAreReadAsTheyWereWrittenAlsoAfterReopening() {
        SessionId id = create(named("a"));
        Timing.Cron cron = Timing.Cron.of("0 9 * * MON-FRI", ZoneId.of("Europe/Helsinki"));
        List<ScheduleSpec> specs = List.of(
                ScheduleSpec.after(Duration.ofNanos(1_500_000_001L), INPUT),
                ScheduleSpec.at(AT.plusNanos(1), INPUT).withKey("key \u2603"),
                ScheduleSpec.cron(cron.withMisfire(Timing.Misfire.SKIP).withEnd(AT.plusSeconds(9)), INPUT));
        List<Schedule> all = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            all.add(new Schedule(new ScheduleId(uuid()), specs.get(i), AT, AT.plusNanos(i + 5L)));
            assertThat(add(id, all.get(i))).isEqualTo(new ScheduleResult.Done());
        }

        assertThat(schedules(id)).isEqualTo(all);
        reopenStore();
        assertThat(schedules(id)).isEqualTo(all);
    }

    @Test
    public void theNextOneThatIsDueIsFirstByPageOfOneSessionAndOfAll() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        Schedule third = added(a, AT.plusSeconds(3));
        Schedule first = added(a, AT.minusSeconds(100));
        Schedule second = added(b, AT.plusSeconds(2));

        List<StoredSchedule> all =
                List.of(new StoredSchedule(a, first), new StoredSchedule(b, second), new StoredSchedule(a, third));
        assertThat(store().schedules(null, null, 10)).isEqualTo(all);
        assertThat(store().schedules(null, null, 2)).isEqualTo(all.subList(0, 2));
        assertThat(store().schedules(null, all.get(1), 2)).isEqualTo(all.subList(2, 3));
        assertThat(store().schedules(null, all.get(2), 2)).isEmpty();
        assertThat(schedules(a)).containsExactly(first, third);
        assertThat(store().schedules(a, all.get(0), 10)).containsExactly(all.get(2));
        assertThat(store().schedules(new SessionId(uuid()), null, 10)).isEmpty();
    }

    @Test
    public void thoseThatAreDueAtOneTimeAreAllInTheirPages() {
        SessionId a = create(named("a"));
        List<Schedule> same = List.of(added(a, AT), added(a, AT), added(a, AT));

        List<Schedule> read = new ArrayList<>();
        StoredSchedule after = null;
        for (List<StoredSchedule> page = store().schedules(null, null, 1);
                !page.isEmpty();
                page = store().schedules(null, after, 1)) {
            after = page.get(0);
            read.add(after.schedule());
        }
        assertThat(read).containsExactlyInAnyOrderElementsOf(same);
    }

    @Test
    public void aScheduleIsAddedOnceAndNotBeyondTheBound() {
        SessionId id = create(named("a"));
        Schedule first = added(id, AT);
        Schedule other = new Schedule(first.id(), ScheduleSpec.at(AT, INPUT).withKey("x"), AT, AT.plusSeconds(1));

        assertThat(add(id, other)).isEqualTo(new ScheduleResult.There(first));
        added(id, AT);
        added(id, AT);
        assertThat(add(id, schedule(AT))).isEqualTo(new ScheduleResult.Full());
        assertThat(add(id, other)).isEqualTo(new ScheduleResult.There(first));
        assertThat(schedules(id)).hasSize(MOST).contains(first);
        // Each session has its own.
        assertThat(add(create(named("b")), first)).isEqualTo(new ScheduleResult.Done());
    }

    @Test
    public void aScheduleIsMovedAndDroppedOnlyIfItIsDueWhenItIsExpectedTo() {
        SessionId id = create(named("a"));
        Schedule schedule = added(id, AT);
        Instant later = AT.plusSeconds(60);

        assertThat(move(id, schedule.id(), later, later)).isEqualTo(new ScheduleResult.Absent());
        assertThat(drop(id, schedule.id(), Optional.of(later))).isEqualTo(new ScheduleResult.Absent());
        assertThat(schedules(id)).containsExactly(schedule);
        assertThat(move(id, schedule.id(), AT, later)).isEqualTo(new ScheduleResult.Done());
        assertThat(schedules(id)).containsExactly(schedule.withNext(later));
        reopenStore();
        assertThat(schedules(id)).containsExactly(schedule.withNext(later));
        assertThat(move(id, schedule.id(), AT, later)).isEqualTo(new ScheduleResult.Absent());
        assertThat(drop(id, schedule.id(), Optional.of(later))).isEqualTo(new ScheduleResult.Done());
        assertThat(drop(id, schedule.id(), Optional.empty())).isEqualTo(new ScheduleResult.Absent());
        assertThat(schedules(id)).isEmpty();
        assertThat(store().schedules(null, null, 10)).isEmpty();
    }

    @Test
    public void whatIsChangedTogetherIsChangedInOrder() {
        SessionId id = create(named("a"));
        Schedule schedule = schedule(AT);
        Schedule other = schedule(AT.plusSeconds(5));
        List<ScheduleChange> changes = List.of(
                new ScheduleChange.Add(id, schedule, 1),
                new ScheduleChange.Add(id, other, 1),
                new ScheduleChange.Move(id, schedule.id(), AT, AT.plusSeconds(1)),
                new ScheduleChange.Drop(id, schedule.id(), Optional.of(AT.plusSeconds(1))),
                new ScheduleChange.Add(id, other, 1));

        List<CompletionStage<ScheduleResult>> stages =
                changes.stream().map(change -> store().change(change)).toList();

        assertThat(stages.stream().map(StoreChapter::done))
                .containsExactly(
                        new ScheduleResult.Done(),
                        new ScheduleResult.Full(),
                        new ScheduleResult.Done(),
                        new ScheduleResult.Done(),
                        new ScheduleResult.Done());
        assertThat(schedules(id)).containsExactly(other);
    }

    @Test
    public void theEndOfASessionEndsItsSchedules() {
        SessionId id = create(named("a"));
        SessionId other = create(named("b"));
        Schedule schedule = added(id, AT);
        Schedule kept = added(other, AT);

        archive(id);

        assertThat(schedules(id)).isEmpty();
        assertThat(store().schedules(null, null, 10)).containsExactly(new StoredSchedule(other, kept));
        assertThat(add(id, schedule)).isEqualTo(new ScheduleResult.Absent());
        assertThat(drop(id, schedule.id(), Optional.empty())).isEqualTo(new ScheduleResult.Absent());
        assertThat(add(new SessionId(uuid()), schedule)).isEqualTo(new ScheduleResult.Absent());
        reopenStore();
        assertThat(schedules(id)).isEmpty();
        assertThat(schedules(other)).containsExactly(kept);
    }
}
