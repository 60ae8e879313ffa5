package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Session;
import dev.meerkat.api.Timing;
import dev.meerkat.server.internal.methods.Operations;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
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

/** What sessions are to get later. */
final class ScheduleTools {
    private static final String SESSION = "session_id";
    private static final String ID = "schedule_id";
    private static final Set<String> OF_CRON = Set.of("time_zone", "misfire", "end");

    private final Operations operations;

    ScheduleTools(Operations operations) {
        this.operations = operations;
    }

    /** Makes a schedule. */
    Operations.Work<ObjectNode> later(ObjectNode arguments) {
        Params params = Params.of(arguments)
                .only(Set.of(
                        SESSION, "text", "in", "at", "cron", "time_zone", "misfire", "end", "key", "time_to_live"));
        String locator = params.text(SESSION);
        CommsCommand.Input input = CommsCommand.Input.of(params.text("text")).withSource("rpc");
        input = read(params, "time_to_live", Duration::parse)
                .map(input::withTimeToLive)
                .orElse(input);
        ScheduleSpec spec = new ScheduleSpec(timing(params), input, params.optionalText("key"));
        return () -> {
            Session session = operations.session(locator);
            ObjectNode answer = WireJson.object();
            answer.set("schedule", WireJson.tree(session.schedule(spec).toJson()));
            return McpAnswers.of(session.id(), answer);
        };
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
            return read(params, "in", Duration::parse)
                    .<Timing>map(Timing.After::new)
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
        } catch (DateTimeException e) {
            throw new InvalidFieldException(
                    field, text.orElse(""), "must be as in PT10M, 2199-12-24T18:00:00Z or Europe/Helsinki", e);
        }
    }

    /** Lists schedules. */
    Operations.Work<ObjectNode> list(ObjectNode arguments) {
        String locator = Params.of(arguments).only(Set.of(SESSION)).text(SESSION);
        return () -> {
            Session session = operations.session(locator);
            ObjectNode answer = WireJson.object();
            ArrayNode listed = answer.putArray("schedules");
            session.schedules().forEach(schedule -> listed.add(WireJson.tree(schedule.toJson())));
            return McpAnswers.of(session.id(), answer);
        };
    }

    /** Takes a schedule back. */
    Operations.Work<ObjectNode> cancel(ObjectNode arguments) {
        Params params = Params.of(arguments).only(Set.of(SESSION, ID));
        String locator = params.text(SESSION);
        ScheduleId id = ScheduleId.of(params.text(ID));
        return () -> {
            Session session = operations.session(locator);
            return McpAnswers.of(
                    session.id(), WireJson.object().put(ID, id.toString()).put("cancelled", session.cancel(id)));
        };
    }
}
