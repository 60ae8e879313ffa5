package dev.meerkat.cli;

import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists sessions. */
@Command(name = "sessions", description = "Lists the sessions of a server or a store.")
final class SessionsCommand implements Callable<Integer> {
    private static final int PAGE = 200;

    private final Surroundings surroundings;

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Only those with this label; may be repeated.")
    Map<String, String> labels = Map.of();

    @Option(names = "--archived", description = "The archived ones instead of the live ones.")
    boolean archived;

    @Mixin
    final Where where = new Where();

    @Mixin
    final Options.Form form = new Options.Form();

    SessionsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Output output = form.output(surroundings);
        try (Place place = where.open(surroundings)) {
            SessionQuery query = new SessionQuery(labels, archived, 0, PAGE);
            SessionPage page = place.meerkat().list(query);
            page.sessions().forEach(session -> print(output, session));
            while (page.hasMore() && !output.isClosed()) {
                query = query.page(query.offset() + PAGE, PAGE);
                page = place.meerkat().list(query);
                page.sessions().forEach(session -> print(output, session));
            }
        }
        return ExitCode.OK;
    }

    private static void print(Output output, SessionSnapshot session) {
        output.row(
                () -> String.join(
                        "  ",
                        session.id().toString(),
                        Documents.lower(session.state()),
                        Names.shown(session.realm()) + "/"
                                + session.commsName().map(Names::shown).orElse("-"),
                        session.messageCount() + " messages",
                        waiting(session)),
                () -> session.toJson().text());
    }

    /** Servers that keep no count of what waits tell none. */
    private static String waiting(SessionSnapshot session) {
        OptionalLong waiting = Documents.waiting(session);
        return (waiting.isPresent() ? Long.toString(waiting.getAsLong()) : "unknown") + " waiting";
    }
}
