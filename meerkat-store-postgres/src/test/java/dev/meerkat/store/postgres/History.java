package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Sessions that {@link LoadedNode}s work for, and what the database has of them in the end: nothing takes effect twice, the
 * order of each session holds, and each epoch of a shard has the steps of one node.
 */
final class History {
    static final int SESSIONS = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final DataSource source;
    private final PostgresOptions options;
    private final String schema;

    private History(DataSource source, PostgresOptions options) {
        this.source = source;
        this.options = options.withNodeName("watcher");
        this.schema = DbConnection.quoted(options.schema());
    }

    /** Creates the sessions, and records all steps as they are written. */
    static History begin(DataSource source, PostgresOptions options) throws Exception {
        History history = new History(source, options);
        try (PostgresStore store = history.store()) {
            String schema = history.schema;
            TestServer.execute(
                    source,
                    "CREATE TABLE " + schema + ".step (no bigint, version bigint, shard int, node uuid, epoch bigint);"
                            + " CREATE FUNCTION " + schema
                            + ".step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO " + schema
                            + ".step VALUES (NEW.no, NEW.version, NEW.shard, NEW.node, NEW.epoch); RETURN NEW; END $$;"
                            + " CREATE TRIGGER steps AFTER UPDATE ON " + schema + ".state FOR EACH ROW"
                            + " WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION " + schema + ".step()");
            try (Meerkat watcher =
                    MeerkatRuntime.of(turn -> "never").store(store).open()) {
                for (int i = 0; i < SESSIONS; i++) {
                    watcher.create(SessionSpec.ofPrompt("hi").withKeepAliveAs("s" + i));
                }
            }
        }
        return history;
    }

    private PostgresStore store() {
        return PostgresStore.open(source, options, PostgresSettings.DEFAULT.withoutSessions());
    }

    /** Waits until a node is declared dead. */
    void awaitDead(String name) throws Exception {
        String dead = "SELECT name FROM " + schema + ".node WHERE dead AND name = '" + name + "'";
        Told.awaitUntil(() -> !TestServer.strings(source, dead).isEmpty());
    }

    /** The nodes that own sessions. */
    List<String> serving() {
        return TestServer.strings(
                source, "SELECT name FROM " + schema + ".node WHERE serving AND NOT dead ORDER BY name");
    }

    /** Lets every session end all that it was given, looks at what is stored, and returns the texts of the events. */
    Set<String> check() throws Exception {
        Set<String> admitted = new HashSet<>();
        try (PostgresStore store = store();
                Meerkat watcher =
                        MeerkatRuntime.of(turn -> "never").store(store).open()) {
            Map<Session, Turn> last = new HashMap<>();
            for (int i = 0; i < SESSIONS; i++) {
                Session session = watcher.open("s" + i);
                last.put(session, session.startTurn("last"));
            }
            for (Map.Entry<Session, Turn> entry : last.entrySet()) {
                assertThat(entry.getValue().await(PATIENCE)).get().isInstanceOf(TurnOutcome.Completed.class);
                Session session = entry.getKey();
                Told.awaitUntil(() -> unconsumed(store, session).isEmpty());
                admitted.addAll(checkLog(log(store, session)));
            }
        }
        assertThat(TestServer.strings(
                        source,
                        "SELECT shard || ' ' || epoch FROM " + schema
                                + ".step GROUP BY shard, epoch HAVING count(DISTINCT node) > 1"))
                .as("epochs with steps of more than one node")
                .isEmpty();
        assertThat(TestServer.strings(
                        source,
                        "SELECT no || ' ' || version FROM (SELECT no, version, epoch, lag(epoch) OVER w AS e,"
                                + " lag(version) OVER w AS v FROM " + schema
                                + ".step WINDOW w AS (PARTITION BY no ORDER BY version)) s"
                                + " WHERE e > epoch OR v + 1 <> version"))
                .as("steps of an epoch that had ended, and steps that are not there or there twice")
                .isEmpty();
        return admitted;
    }

    private static List<InputId> unconsumed(PostgresStore store, Session session) {
        List<InputId> inputs = new ArrayList<>();
        for (SessionEvent event : log(store, session)) {
            if (event instanceof SessionEvent.InputAdmitted admitted) {
                inputs.add(admitted.input().id());
            } else if (event instanceof SessionEvent.InputConsumed consumed) {
                inputs.removeAll(consumed.inputs());
            }
        }
        return inputs;
    }

    private static List<SessionEvent> log(PostgresStore store, Session session) {
        return store.events(session.id(), Cursor.START, 100_000);
    }

    /** Returns the events' texts. */
    private static List<String> checkLog(List<SessionEvent> log) {
        List<InputId> external = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        List<InputId> consumed = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            assertThat(log.get(i).cursor().sequence()).isEqualTo(i + 1);
            if (log.get(i) instanceof SessionEvent.InputAdmitted input) {
                String text = Script.text(input.input());
                if (text.startsWith("e ")) {
                    external.add(input.input().id());
                    texts.add(text.substring(2).replace("\"", ""));
                }
            } else if (log.get(i) instanceof SessionEvent.InputConsumed end) {
                consumed.addAll(end.inputs());
            }
        }
        assertThat(texts).doesNotHaveDuplicates();
        assertThat(consumed).doesNotHaveDuplicates();
        assertThat(consumed.stream().filter(external::contains)).containsExactlyElementsOf(external);
        return texts;
    }
}
