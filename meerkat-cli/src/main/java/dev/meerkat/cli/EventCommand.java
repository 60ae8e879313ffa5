package dev.meerkat.cli;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Session;
import dev.meerkat.wire.internal.Utf8;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends an external event. */
@Command(
        name = "event",
        description = {
            "Sends an external event to a session. It is durable when the command has ended with 0.",
            "With a key it can be sent again without being admitted again."
        })
final class EventCommand extends SessionCommand {
    @Parameters(index = "1", paramLabel = "TYPE", description = "The event's type, such as deploy_complete.")
    String type = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "JSON",
            description = "The payload; - reads it from standard input (default: {}).")
    String payload = "{}";

    @Option(names = "--key", paramLabel = "KEY", description = "The event's idempotency key.")
    @Nullable
    String key;

    @Option(names = "--source", paramLabel = "NAME", description = "Where it comes from (default: its type).")
    @Nullable
    String source;

    @Option(
            names = "--time-to-live",
            paramLabel = "TIME",
            description = "If no turn takes it up for so long, such as 90s or 10m, it expires.")
    @Nullable
    String timeToLive;

    EventCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException, IOException {
        EventOutcome outcome = opened.sendExternalEvent(event());
        if (outcome instanceof EventOutcome.Accepted accepted) {
            row(output, outcome, accepted.inputId());
            return ExitCode.OK;
        }
        if (outcome instanceof EventOutcome.Duplicate duplicate) {
            row(output, outcome, Optional.of(duplicate.inputId()));
            return ExitCode.OK;
        }
        if (outcome instanceof EventOutcome.Conflict conflict) {
            row(output, outcome, conflict.existing());
            surroundings
                    .err()
                    .println("meerkat: not done: the key " + Names.shown(conflict.idempotencyKey())
                            + " was used for an event with another content");
            return ExitCode.CONFLICT;
        }
        throw ((EventOutcome.Refused) outcome).reason();
    }

    private static void row(Output output, EventOutcome outcome, Optional<InputId> inputId) {
        output.row(
                () -> outcome.getOutcome() + inputId.map(id -> " " + id).orElse(""),
                () -> outcome.toJson().text());
    }

    private ExternalEvent event() throws IOException {
        ExternalEvent event = ExternalEvent.genericJson(type, Json.parse(payload()));
        event = timeToLive == null ? event : event.withTimeToLive(Times.wait("--time-to-live", timeToLive));
        event = key == null ? event : event.withIdempotencyKey(key);
        return source == null ? event : event.withSource(source);
    }

    private String payload() throws IOException {
        if (!payload.equals("-")) {
            return payload;
        }
        byte[] read = surroundings.in().readNBytes(Limits.MESSAGE_BYTES + 1);
        if (read.length > Limits.MESSAGE_BYTES) {
            throw new InvalidFieldException("payload", "-", "is over the limit of " + Limits.MESSAGE_BYTES + " bytes");
        }
        try {
            return Utf8.text(read);
        } catch (CharacterCodingException e) {
            throw new InvalidFieldException("payload", "-", "is not UTF-8", e);
        }
    }
}
