package dev.meerkat.server.internal.wire;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Timing;
import dev.meerkat.wire.internal.Params;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads what a session is to get later, with a field for each part: of REST, JSON-RPC and MCP. */
public final class ScheduleReader {
    /** The fields that say what and when. */
    public static final Set<String> FIELDS =
            Set.of("text", "in", "at", "cron", "time_zone", "misfire", "end", "key", "time_to_live");

    private static final Set<String> OF_CRON = Set.of("time_zone", "misfire", "end");

    private ScheduleReader() {}

    /** What is to come, and when. */
    public static ScheduleSpec spec(Params params) {
        CommsCommand.Input input = CommsCommand.Input.of(params.text("text")).withSource("rpc");
        input = read(params, "time_to_live", Duration::parse)
                .map(input::withTimeToLive)
                .orElse(input);
        return new ScheduleSpec(timing(params), input, params.optionalText("key"));
    }

    private static Timing timing(Params params) {
        List<String> given = Stream.of("in", "at", "cron").filter(params::has).toList();
        if (given.size() != 1) {
            throw new InvalidFieldException(
                    "in", given.toString(), "must be given, or at, or cron, and no two of them");
        }
        if (!params.has("cron")) {
            for (String field : OF_CRON) {
                if (params.has(field)) {
                    throw new InvalidFieldException(field, params.text(field), "goes with cron");
                }
            }
            return read(params, "in", text -> (Timing) new Timing.After(Duration.parse(text)))
                    .orElseGet(() ->
                            new Timing.At(read(params, "at", Instant::parse).orElseThrow()));
        }
        Timing.Cron cron = Timing.Cron.of(
                params.text("cron"), read(params, "time_zone", ZoneId::of).orElse(ZoneId.of("UTC")));
        Optional<Timing.Misfire> misfire = params.oneOf("misfire", Set.of("fire_once", "skip"))
                .map(rule -> Timing.Misfire.valueOf(rule.toUpperCase(Locale.ROOT)));
        cron = misfire.map(cron::withMisfire).orElse(cron);
        return read(params, "end", Instant::parse).map(cron::withEnd).orElse(cron);
    }

    private static <T> Optional<T> read(Params params, String field, Function<String, T> parser) {
        Optional<String> text = params.optionalText(field);
        try {
            return text.map(parser);
        } catch (InvalidFieldException e) {
            throw new InvalidFieldException(field, e.value(), e.problem());
        } catch (DateTimeException e) {
            throw new InvalidFieldException(
                    field, text.orElse(""), "must be as in PT10M, 2199-12-24T18:00:00Z or Europe/Helsinki", e);
        }
    }
}
