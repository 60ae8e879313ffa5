package dev.meerkat.cli;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.Session;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists schedules, or takes one back. */
@Command(name = "schedules", description = "Lists what a session is to get later, the next first, or takes it back.")
final class SchedulesCommand extends SessionCommand {
    @Option(names = "--cancel", paramLabel = "ID", description = "Take this schedule back instead of listing.")
    @Nullable
    String cancelled;

    SchedulesCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        if (cancelled == null) {
            for (Schedule schedule : opened.schedules()) {
                output.row(() -> Texts.of(schedule), () -> schedule.toJson().text());
            }
            return ExitCode.OK;
        }
        ScheduleId id = ScheduleId.of(cancelled);
        String outcome = opened.cancel(id) ? "cancelled" : "not_there";
        output.row(
                () -> outcome.equals("cancelled") ? "cancelled " + id : "not there: there was nothing to do",
                () -> Documents.object(
                        "session_id", opened.id().toString(), "schedule_id", id.toString(), "outcome", outcome));
        return ExitCode.OK;
    }
}
