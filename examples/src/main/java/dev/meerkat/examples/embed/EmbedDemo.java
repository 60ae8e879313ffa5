package dev.meerkat.examples.embed;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Two sessions in an embedded database: they message each other by name, and webhooks wake them.
 * Run it twice, or kill it and run it again: sessions, history and what is open are still there.
 */
public final class EmbedDemo {
    private final DemoOptions options;
    private final PrintStream out;
    private final Progress progress = new Progress();

    private EmbedDemo(DemoOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Runs the demo; ends the process with status 1 if something failed or was refused, and with 2 if
     * the arguments are wrong.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        int status = run(List.of(args), System.in, System.out, System.err);
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(List<String> args, InputStream in, PrintStream out, PrintStream err) {
        DemoOptions options;
        try {
            options = DemoOptions.parse(args);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage() + System.lineSeparator() + DemoOptions.USAGE);
            return 2;
        }
        if (options.help()) {
            out.println(DemoOptions.USAGE);
            return 0;
        }
        try {
            int refused = new EmbedDemo(options, out)
                    .run(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
            return refused == 0 ? 0 : 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("interrupted; run it again to go on");
        } catch (MeerkatException | IOException | IllegalStateException e) {
            err.println("failed: " + e.getMessage());
        }
        return 1;
    }

    private int run(BufferedReader in) throws InterruptedException, IOException {
        out.println("== opening " + options.database() + " in process "
                + ProcessHandle.current().pid());
        try (SessionStore store = SqliteStore.open(options.database());
                Meerkat meerkat = MeerkatRuntime.of(new TeamAgent(options.think()))
                        .store(store)
                        .open();
                Narrator a = narrate(meerkat, "agent-a", "coordinator");
                Narrator b = narrate(meerkat, "agent-b", "builder")) {
            a.start();
            b.start();
            Script script = new Script(meerkat.open("agent-a"), progress, out);
            script.awaitQuiet();
            int refused = 0;
            if (options.stdin()) {
                refused = script.playLines(in);
            } else {
                script.play();
            }
            out.println("== done; " + options.database() + " keeps it all, run this again to see");
            return refused;
        }
    }

    private Narrator narrate(Meerkat meerkat, String name, String role) throws InterruptedException {
        Session session = meerkat.openOrCreate(SessionSpec.ofPrompt("You are a " + role + ".")
                .withKeepAliveAs(name)
                .withLabels(Map.of("demo", "embed"))
                .withPeerMeta(new PeerMeta(role, Map.of())));
        if (session.initialTurn().isPresent()) {
            out.println("== " + name + " is new");
            progress.opened(session.initialTurn().get().inputId().orElseThrow().value());
            return Narrator.of(name, session, progress, out);
        }
        Cursor last = session.snapshot().lastCursor().orElseThrow();
        out.println("== welcome back, " + name + "; its log has " + last + " events, the newest are");
        Narrator narrator = Narrator.of(name, session, progress, out);
        narrator.recap(last);
        return narrator;
    }
}
