package dev.meerkat.cli;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Retention;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.server.ClientTools;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one session in this process. */
@Command(
        name = "run",
        description = {
            "Runs a session in this process and prints its answers.",
            "With --keep-alive it stays and wakes on what arrives, until SIGINT or SIGTERM."
        })
final class RunCommand implements Callable<Integer> {
    private static final String LAST = "last";
    private static final int PAGE = 500;

    private final Surroundings surroundings;

    @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "What the session is told first.")
    @Nullable
    String prompt;

    @Option(names = "--comms-name", paramLabel = "NAME", description = "The session's name for its peers.")
    @Nullable
    String commsName;

    @Option(names = "--keep-alive", description = "Stay, and wake on what arrives.")
    boolean keepAlive;

    @Option(
            names = "--stdin",
            paramLabel = "lines|off",
            defaultValue = "off",
            description = {
                "lines: each line of standard input is an external event that wakes the session;",
                "implies --keep-alive, and ends with standard input (default: ${DEFAULT-VALUE})."
            })
    Feed feed = Feed.OFF;

    @Option(
            names = "--line-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "What a line is, with --stdin lines (default: ${DEFAULT-VALUE}).")
    LineFeed.Format lineFormat = LineFeed.Format.TEXT;

    @Option(
            names = "--resume",
            paramLabel = "SESSION",
            description = "Go on with a session of the store: its id, its name, or last.")
    @Nullable
    String resume;

    @Option(
            names = "--store",
            paramLabel = "FILE",
            converter = StoreAddress.Converter.class,
            description = "Keep the session in a file (default: in memory).")
    @Nullable
    StoreAddress store;

    @Mixin
    final Options.RealmStore realm = new Options.RealmStore();

    @Mixin
    final Options.AgentChoice agent = new Options.AgentChoice();

    @Mixin
    final Options.Form form = new Options.Form();

    /** What standard input is for. */
    enum Feed {
        /** Nothing. */
        OFF,
        /** External events. */
        LINES
    }

    RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Optional<StoreAddress> kept = realm.store(store, surroundings);
        kept.ifPresent(
                address -> address.file("is a database, whose sessions have agents of their own; use meerkat serve"));
        check(kept);
        boolean stays = keepAlive || feed == Feed.LINES;
        try (Place place = Places.running(
                kept,
                realm.realm(),
                agent.create(surroundings, ClientTools.create()),
                Retention.FOREVER,
                surroundings)) {
            Session session = resume == null ? place.meerkat().create(spec(stays)) : resumed(place);
            Cursor from = resume == null
                    ? Cursor.START
                    : session.snapshot().lastCursor().orElse(Cursor.START);
            try (EventStream events = session.events(from)) {
                if (resume != null && prompt != null) {
                    session.startTurn(prompt);
                }
                return follow(session, events, stays);
            }
        } catch (InterruptedException e) {
            if (stays) {
                return ExitCode.OK;
            }
            throw e;
        }
    }

    private void check(Optional<StoreAddress> kept) {
        if (prompt == null && resume == null) {
            throw new UsageException("PROMPT must be given, or --resume");
        }
        if (prompt == null && !keepAlive && feed == Feed.OFF) {
            throw new UsageException("PROMPT must be given, or --keep-alive or --stdin lines");
        }
        if (resume != null && kept.isEmpty()) {
            throw new UsageException("--store must be given with --resume, or --realm");
        }
        if (resume != null && commsName != null) {
            throw new InvalidFieldException("--comms-name", commsName, "cannot be given to a session that has been");
        }
    }

    private SessionSpec spec(boolean stays) {
        SessionSpec spec = SessionSpec.ofPrompt(prompt == null ? "" : prompt).withRealm(realm.realm());
        if (stays) {
            return spec.withKeepAliveAs(
                    commsName == null ? "cli-" + surroundings.names().get() : commsName);
        }
        return commsName == null ? spec : spec.withCommsName(commsName);
    }

    private Session resumed(Place place) throws InterruptedException {
        String asked = resume == null ? LAST : resume;
        Session session = asked.equals(LAST) ? place.meerkat().open(last(place).id()) : place.session(asked);
        if ((keepAlive || feed == Feed.LINES) && !session.snapshot().keepAlive()) {
            throw new NotDoneException(
                    "not_keep_alive", "session " + session.id() + " was not created with --keep-alive");
        }
        return session;
    }

    private SessionSnapshot last(Place place) throws InterruptedException {
        SessionSnapshot last = null;
        SessionQuery query = SessionQuery.all().page(0, PAGE);
        while (true) {
            var page = place.meerkat().list(query);
            for (SessionSnapshot session : page.sessions()) {
                boolean candidate =
                        session.realm().equals(place.realm()) && session.state() != SessionSnapshot.State.ARCHIVED;
                if (candidate && (last == null || session.createdAt().isAfter(last.createdAt()))) {
                    last = session;
                }
            }
            if (!page.hasMore()) {
                break;
            }
            query = query.page(query.offset() + PAGE, PAGE);
        }
        if (last == null) {
            throw new SessionNotFoundException("the last one of realm " + place.realm());
        }
        return last;
    }

    private int follow(Session session, EventStream events, boolean stays) throws InterruptedException {
        if (!form.json) {
            surroundings.err().println("session " + session.id());
        }
        Output output = form.output(surroundings);
        if (form.json) {
            String snapshot = session.snapshot().toJson().text();
            output.note(() -> snapshot);
        }
        LineFeed lines = new LineFeed(surroundings, output, session, lineFormat);
        if (feed == Feed.LINES) {
            lines.start();
        }
        return new Follow(surroundings, output, session, events)
                .until(() -> feed == Feed.LINES ? lines.isDone() : !stays, lines::failure);
    }
}
