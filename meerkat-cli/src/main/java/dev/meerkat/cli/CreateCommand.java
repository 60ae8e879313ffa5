package dev.meerkat.cli;

import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Creates a session. */
@Command(
        name = "create",
        description = {
            "Creates a session on a server or in a store, and prints its id. Does not wait for its first turn:",
            "on a server it runs at once, in a store with the next server or run."
        })
final class CreateCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(
            arity = "0..1",
            paramLabel = "PROMPT",
            description = "What the session is told first. Without it, no turn starts.")
    @Nullable
    String prompt;

    @Option(names = "--comms-name", paramLabel = "NAME", description = "The session's name for its peers.")
    @Nullable
    String commsName;

    @Option(names = "--keep-alive", description = "It stays, and wakes on what arrives; needs --comms-name.")
    boolean keepAlive;

    @Option(names = "--system-prompt", paramLabel = "TEXT", description = "The first entry of its transcript.")
    @Nullable
    String systemPrompt;

    @Option(
            names = "--turn-length",
            paramLabel = "TIME",
            description = "An attempt at a turn of it fails when it lasts longer, such as 90s or 10m (default: 1h).")
    @Nullable
    String turnLength;

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label; may be repeated.")
    Map<String, String> labels = Map.of();

    @Mixin
    final Where where = new Where();

    @Mixin
    final Options.Form form = new Options.Form();

    CreateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        SessionSpec spec =
                (prompt == null ? SessionSpec.withoutPrompt() : SessionSpec.ofPrompt(prompt)).withLabels(labels);
        spec = commsName == null ? spec : spec.withCommsName(commsName);
        spec = systemPrompt == null ? spec : spec.withSystemPrompt(systemPrompt);
        spec = turnLength == null ? spec : spec.withTurnLength(Times.wait("--turn-length", turnLength));
        spec = spec.withKeepAlive(keepAlive);
        try (Place place = where.open(surroundings)) {
            Session session = place.meerkat().create(spec.withRealm(place.realm()));
            String snapshot = form.json ? session.snapshot().toJson().text() : "";
            form.output(surroundings).row(() -> "created " + session.id(), () -> snapshot);
        }
        return ExitCode.OK;
    }
}
