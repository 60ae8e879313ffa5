package dev.meerkat.cli;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Session;
import dev.meerkat.api.Timing;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a session an input later. */
@Command(
        name = "later",
        description = {
            "Gives a session an input later: once, or again and again. It is marked as coming by itself.",
            "A session in a store gets it when it runs next, if it is due by then."
        })
final class LaterCommand extends SessionCommand {
    @Parameters(index = "1", paramLabel = "TEXT", description = "What the session is to read.")
    String text = "";

    @ArgGroup(multiplicity = "1")
    When when = new When();

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "The time zone of --cron, such as Europe/Helsinki (default: UTC).")
    @Nullable
    String zone;

    @Option(
            names = "--misfire",
            paramLabel = "RULE",
            description = "What becomes of times of --cron that have passed: fire_once or skip (default: fire_once).")
    @Nullable
    String misfire;

    @Option(names = "--until", paramLabel = "TIME", description = "No time of --cron after this one is due.")
    @Nullable
    String until;

    @Option(names = "--key", paramLabel = "KEY", description = "Under a key, the session has it once.")
    @Nullable
    String key;

    @Option(
            names = "--time-to-live",
            paramLabel = "TIME",
            description = "When it has come and no turn takes it up for so long, such as 90s or 10m, it expires.")
    @Nullable
    String timeToLive;

    @Option(names = "--steer", description = "Let a running turn see it at its next safe point.")
    boolean steer;

    /** One of these. */
    static final class When {
        @Option(
                names = "--in",
                paramLabel = "TIME",
                description = "After a while, such as 90s, 10m, 2h, 3d or PT1H30M.")
        @Nullable
        String in;

        @Option(names = "--at", paramLabel = "TIME", description = "At a time, such as 2026-12-24T18:00:00Z.")
        @Nullable
        String at;

        @Option(
                names = "--cron",
                paramLabel = "FIELDS",
                description = "Minute, hour, day of month, month and day of week, such as \"0 9 * * MON-FRI\".")
        @Nullable
        String cron;
    }

    LaterCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        CommsCommand.Input input = CommsCommand.Input.of(text)
                .withSource("cli")
                .withHandlingMode(steer ? HandlingMode.STEER : HandlingMode.QUEUE);
        input = timeToLive == null ? input : input.withTimeToLive(Times.wait("--time-to-live", timeToLive));
        Schedule made = opened.schedule(new ScheduleSpec(timing(), input, Optional.ofNullable(key)));
        output.row(
                () -> "scheduled " + made.id() + ", due " + made.next(),
                () -> made.toJson().text());
        return ExitCode.OK;
    }

    private Timing timing() {
        if (when.cron == null) {
            if (zone != null || misfire != null || until != null) {
                throw new UsageException("--zone, --misfire and --until go with --cron");
            }
            return when.in != null
                    ? new Timing.After(Times.wait("--in", when.in))
                    : new Timing.At(time("--at", when.at));
        }
        Timing.Cron cron = Timing.Cron.of(when.cron, zone());
        cron = misfire == null ? cron : cron.withMisfire(misfire(misfire));
        return until == null ? cron : cron.withEnd(time("--until", until));
    }

    private static Timing.Misfire misfire(String rule) {
        return switch (rule.toLowerCase(Locale.ROOT)) {
            case "fire_once" -> Timing.Misfire.FIRE_ONCE;
            case "skip" -> Timing.Misfire.SKIP;
            default -> throw new InvalidFieldException("--misfire", rule, "must be fire_once or skip");
        };
    }

    private ZoneId zone() {
        String name = zone == null ? "UTC" : zone;
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new InvalidFieldException("--zone", name, "must be a time zone such as Europe/Helsinki", e);
        }
    }

    private static Instant time(String option, @Nullable String text) {
        try {
            return Instant.parse(String.valueOf(text));
        } catch (DateTimeException e) {
            throw new InvalidFieldException(
                    option, String.valueOf(text), "must be a time such as 2026-12-24T18:00:00Z", e);
        }
    }
}
