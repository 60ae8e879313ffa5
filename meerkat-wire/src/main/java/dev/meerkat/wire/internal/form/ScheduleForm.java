package dev.meerkat.wire.internal.form;

import dev.meerkat.api.Firing;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Timing;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** The public and the stored form of schedules. */
public final class ScheduleForm {
    private ScheduleForm() {}

    /** Writes a schedule. */
    public static void write(Out out, Schedule schedule) {
        out.id("schedule_id", schedule.id()).time("next", schedule.next());
        writeStored(out, schedule);
    }

    /** Reads a schedule. */
    public static Schedule schedule(Node in) {
        return stored(in, ScheduleId.of(in.text("schedule_id")), in.time("next"));
    }

    /** Writes a schedule, but for its id and when it is due next. */
    public static void writeStored(Out out, Schedule schedule) {
        out.time("created_at", schedule.createdAt());
        write(out, schedule.spec());
    }

    /**
     * Reads what {@link #writeStored} has written.
     *
     * @param id the schedule's id
     * @param next when it is due next
     */
    public static Schedule stored(Node in, ScheduleId id, Instant next) {
        return new Schedule(id, spec(in), in.time("created_at"), next);
    }

    /** Writes a spec. */
    public static void write(Out out, ScheduleSpec spec) {
        Out unused = spec.timing()
                .match(
                        after -> out.text("type", "after")
                                .text("delay", after.delay().toString()),
                        at -> out.text("type", "at").time("time", at.time()),
                        cron -> out.text("type", "cron")
                                .text("cron", cron.expression())
                                .text("time_zone", cron.zone().getId())
                                .constant("misfire", cron.misfire())
                                .time("end", cron.end().orElse(null)));
        out.text("key", spec.key().orElse(null)).object("input", spec.input(), StoredCommandForm::write);
    }

    /** Reads a spec. */
    public static ScheduleSpec spec(Node in) {
        String type = in.text("type");
        Timing timing = switch (type) {
            case "after" -> new Timing.After(InputForm.duration(in, "delay"));
            case "at" -> new Timing.At(in.time("time"));
            case "cron" ->
                new Timing.Cron(
                        in.text("cron"),
                        zone(in.text("time_zone")),
                        in.constant("misfire", Timing.Misfire.class),
                        in.has("end") ? Optional.of(in.time("end")) : Optional.empty());
            default -> throw new Node.Malformed("the schedule has the unknown type " + type);
        };
        return new ScheduleSpec(timing, StoredCommandForm.input(in.object("input")), in.optionalText("key"));
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new InvalidFieldException("time_zone", text, "must be a time zone that is known here", e);
        }
    }

    static void write(Out out, Firing firing) {
        out.id("schedule_id", firing.scheduleId()).time("due", firing.due());
    }

    static Firing firing(Node in) {
        return new Firing(ScheduleId.of(in.text("schedule_id")), in.time("due"));
    }
}
