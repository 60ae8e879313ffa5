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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three nodes in processes of their own, under load, of which one is killed, stopped for a while, or all are replaced. The
 * history is checked by what the database has: nothing acknowledged is lost, nothing takes effect twice, the order of each
 * session holds, and each epoch of a shard has the steps of one node.
 */
class ThreeNodesTest {
    private static final int SESSIONS = 12;
    private static final int EVENTS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final PostgresOptions options =
            TestServer.fresh().withNodeName("watcher").withLease(NodeChild.LEASE);
    private final String schema = DbConnection.quoted(options.schema());
    private final List<NodeProcess> nodes = new ArrayList<>();
    private PostgresStore store;
    private Meerkat watcher;

    @BeforeEach
    void open() throws Exception {
        store = PostgresStore.open(TestServer.source(), options, PostgresSettings.DEFAULT.withoutSessions());
        // All steps, as they were written.
        TestServer.execute(
                "CREATE TABLE " + schema + ".step (no bigint, version bigint, shard int, node uuid, epoch bigint);"
                        + " CREATE FUNCTION " + schema
                        + ".step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO " + schema
                        + ".step VALUES (NEW.no, NEW.version, NEW.shard, NEW.node, NEW.epoch); RETURN NEW; END $$;"
                        + " CREATE TRIGGER steps AFTER UPDATE ON " + schema + ".state FOR EACH ROW"
                        + " WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION " + schema + ".step()");
        watcher = MeerkatRuntime.of(turn -> "never").store(store).open();
        for (int i = 0; i < SESSIONS; i++) {
            watcher.create(SessionSpec.ofPrompt("hi").withKeepAliveAs("s" + i));
        }
    }

    @AfterEach
    void close() {
        nodes.forEach(NodeProcess::destroy);
        watcher.close();
        store.close();
        TestServer.drop(options);
    }

    private NodeProcess node(String name) throws Exception {
        NodeProcess node = NodeProcess.start(options.schema(), name, SESSIONS);
        nodes.add(node);
        return node;
    }

    private List<NodeProcess> three() throws Exception {
        List<NodeProcess> three = List.of(node("a"), node("b"), node("c"));
        for (NodeProcess node : three) {
            node.awaitAcknowledged(EVENTS);
        }
        return three;
    }

    @Test
    void afterKill9OfANodeTheOthersGoOnWithAllThatWasAcknowledged() throws Exception {
        List<NodeProcess> three = three();
        three.get(0).signal("-KILL");
        three.get(0).awaitEnd();
        for (NodeProcess node : three.subList(1, 3)) {
            node.awaitAcknowledged(node.acknowledged().size() + EVENTS);
        }
        three.get(1).stopSending();
        three.get(2).stopSending();

        assertHistory();
    }

    @Test
    void aNodeThatWasStoppedLongerThanItsLeaseComesBackAndHarmsNothing() throws Exception {
        List<NodeProcess> three = three();
        three.get(0).signal("-STOP");
        awaitDead("a");
        for (NodeProcess node : three.subList(1, 3)) {
            node.awaitAcknowledged(node.acknowledged().size() + EVENTS);
        }
        three.get(0).signal("-CONT");
        three.get(0).awaitAcknowledged(three.get(0).acknowledged().size() + EVENTS);
        for (NodeProcess node : three) {
            node.stopSending();
        }

        assertHistory();
    }

    @Test
    void allNodesAreReplacedOneAfterTheOtherAndNoCallIsRefused() throws Exception {
        for (NodeProcess old : three()) {
            node(old.name() + "2").awaitAcknowledged(EVENTS);
            old.stopSending();
            old.close();
        }
        for (NodeProcess node : nodes) {
            assertThat(node.refused()).isEmpty();
            node.stopSending();
        }

        assertHistory();
        assertThat(TestServer.strings("SELECT name FROM " + schema + ".node WHERE serving AND NOT dead ORDER BY name"))
                .containsExactly("a2", "b2", "c2");
    }

    private void awaitDead(String name) throws Exception {
        String dead = "SELECT name FROM " + schema + ".node WHERE dead AND name = '" + name + "'";
        NodeProcess.awaitUntil(() -> !TestServer.strings(dead).isEmpty());
    }

    /** Every session has ended all that it was given; then looks at what is stored. */
    private void assertHistory() throws Exception {
        Map<Session, Turn> last = new HashMap<>();
        for (int i = 0; i < SESSIONS; i++) {
            Session session = watcher.open("s" + i);
            last.put(session, session.startTurn("last"));
        }
        Set<String> admitted = new HashSet<>();
        for (Map.Entry<Session, Turn> entry : last.entrySet()) {
            assertThat(entry.getValue().await(PATIENCE)).get().isInstanceOf(TurnOutcome.Completed.class);
            Session session = entry.getKey();
            NodeProcess.awaitUntil(() -> unconsumed(session).isEmpty());
            admitted.addAll(assertLog(session));
        }
        for (NodeProcess node : nodes) {
            assertThat(admitted).containsAll(node.acknowledged());
        }
        assertThat(TestServer.strings("SELECT shard || ' ' || epoch FROM " + schema
                        + ".step GROUP BY shard, epoch HAVING count(DISTINCT node) > 1"))
                .as("epochs with steps of more than one node")
                .isEmpty();
        assertThat(TestServer.strings(
                        "SELECT no || ' ' || version FROM (SELECT no, version, epoch, lag(epoch) OVER w AS e,"
                                + " lag(version) OVER w AS v FROM " + schema
                                + ".step WINDOW w AS (PARTITION BY no ORDER BY version)) s"
                                + " WHERE e > epoch OR v + 1 <> version"))
                .as("steps of an epoch that had ended, and steps that are not there or there twice")
                .isEmpty();
    }

    private List<InputId> unconsumed(Session session) {
        List<InputId> inputs = new ArrayList<>();
        for (SessionEvent event : log(session)) {
            if (event instanceof SessionEvent.InputAdmitted admitted) {
                inputs.add(admitted.input().id());
            } else if (event instanceof SessionEvent.InputConsumed consumed) {
                inputs.removeAll(consumed.inputs());
            }
        }
        return inputs;
    }

    private List<SessionEvent> log(Session session) {
        return store.events(session.id(), Cursor.START, 100_000);
    }

    /** Returns the events' texts. */
    private List<String> assertLog(Session session) {
        List<SessionEvent> log = log(session);
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
