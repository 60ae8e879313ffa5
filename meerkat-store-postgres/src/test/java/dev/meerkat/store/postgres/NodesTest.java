package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.SessionTransfer;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.Gate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes in one process: what goes from one to the other, and how sessions move. */
class NodesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PostgresOptions options = TestServer.fresh();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        TestServer.drop(options);
    }

    private PostgresStore store(String name, PostgresSettings settings) {
        PostgresStore store = PostgresStore.open(TestServer.source(), options.withNodeName(name), settings);
        open.add(store);
        return store;
    }

    private Meerkat runtime(PostgresStore store, Agent agent) {
        Meerkat meerkat = MeerkatRuntime.of(agent).store(store).open();
        open.add(meerkat);
        return meerkat;
    }

    private static boolean isWork(TurnContext turn) {
        return turn.inputs().stream().anyMatch(input -> Script.text(input).equals("work"));
    }

    private static String ended(Turn turn) throws InterruptedException {
        TurnOutcome outcome = turn.await(PATIENCE).orElseThrow(() -> new AssertionError("the turn has not ended"));
        assertThat(outcome).isInstanceOf(TurnOutcome.Completed.class);
        return ((TurnOutcome.Completed) outcome).text();
    }

    @Test
    void whatIsScheduledAtAnyNodeComesOnceAtTheOwner() throws Exception {
        List<Meerkat> nodes = List.of(
                runtime(store("first", PostgresSettings.DEFAULT), turn -> "ok"),
                runtime(store("second", PostgresSettings.DEFAULT), turn -> "ok"));
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            SessionSpec spec = SessionSpec.withoutPrompt().withKeepAliveAs("session-" + i);
            Session session = nodes.get(0).create(spec);
            sessions.add(nodes.get(1).open(session.id()));
            nodes.get(i % 2).open(session.id()).later(Duration.ofMillis(i), CommsCommand.Input.of("tick"));
        }

        for (Session session : sessions) {
            try (EventStream log = session.events(Cursor.START)) {
                int came = 0;
                SessionEvent event;
                do {
                    event = log.next(PATIENCE).orElseThrow(() -> new AssertionError("nothing came"));
                    came += event instanceof SessionEvent.InputAdmitted ? 1 : 0;
                } while (!(event instanceof SessionEvent.TurnCompleted));
                assertThat(came).isEqualTo(1);
            }
        }
    }

    /** The file of a session with an input that waits, and one that comes soon. */
    private static byte[] file(String name) throws Exception {
        try (MemoryStore store = MemoryStore.create();
                Meerkat meerkat = MeerkatRuntime.of(turn -> {
                            throw new IllegalStateException("not here");
                        })
                        .store(store)
                        .open()) {
            Session session = meerkat.create(SessionSpec.withoutPrompt().withKeepAliveAs(name));
            session.send(CommsCommand.Input.of("waits"));
            session.later(Duration.ofSeconds(2), CommsCommand.Input.of("tick"));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            SessionTransfer.of(meerkat).exportSession(session.id(), out);
            return out.toByteArray();
        }
    }

    @Test
    void whatIsImportedWhileNodesRunGoesOnAtTheOwnerWithItsSchedules() throws Exception {
        Queue<String> answered = new ConcurrentLinkedQueue<>();
        List<Meerkat> nodes = new ArrayList<>();
        for (String name : List.of("first", "second")) {
            nodes.add(runtime(store(name, PostgresSettings.DEFAULT), turn -> {
                turn.inputs().forEach(input -> answered.add(turn.session().id() + " " + Script.text(input)));
                return name;
            }));
        }
        PostgresStore outside = store("outside", PostgresSettings.DEFAULT.withoutSessions());
        List<SessionId> imported = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ByteArrayInputStream in = new ByteArrayInputStream(file("session-" + i));
            imported.add(
                    i % 3 == 2
                            ? SessionFile.read(outside, in)
                            : SessionTransfer.of(nodes.get(i % 3)).importSession(in));
        }

        List<String> expected = new ArrayList<>();
        for (SessionId id : imported) {
            try (EventStream log = nodes.get(0).open(id).events(Cursor.START)) {
                while (!answered.contains(id + " waits") || !answered.contains(id + " tick")) {
                    assertThat(log.next(PATIENCE))
                            .as("something of session " + id)
                            .isPresent();
                }
            }
            expected.add(id + " waits");
            expected.add(id + " tick");
        }
        assertThat(answered).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void eachNodeTellsOfAllWithTheirLeasesAndShares() throws Exception {
        PostgresStore first = store("first", PostgresSettings.DEFAULT);
        runtime(first, turn -> "never");
        PostgresStore second = store("second", PostgresSettings.DEFAULT);

        List<PostgresNode> nodes = second.nodes();

        assertThat(nodes).extracting(PostgresNode::name).containsExactly("first", "second");
        assertThat(nodes).extracting(PostgresNode::self).containsExactly(false, true);
        assertThat(nodes).extracting(PostgresNode::serving).containsExactly(true, false);
        assertThat(nodes).extracting(PostgresNode::shards).containsExactly(256, 0);
        assertThat(nodes).allSatisfy(node -> assertThat(node.leaseLeft()).isBetween(Duration.ZERO, options.lease()));
    }

    @Test
    void withoutHintsNodesFindEverythingByLooking() throws Exception {
        PostgresSettings deaf = PostgresSettings.DEFAULT.withoutHints();
        Meerkat owner = runtime(store("owner", deaf), turn -> "from the owner");
        Meerkat other = runtime(store("other", deaf.withoutSessions()), turn -> "never");
        Session a = other.create(SessionSpec.ofPrompt("hi").withKeepAliveAs("a"));
        other.create(SessionSpec.ofPrompt("hi").withKeepAliveAs("b"));

        assertThat(ended(a.initialTurn().orElseThrow())).isEqualTo("from the owner");
        assertThat(ended(a.startTurn("again"))).isEqualTo("from the owner");
        Reply reply = a.request(PeerRequest.to("b", "sum", Json.NULL));
        Session b = owner.open("b");
        b.send(PeerResponse.completed(PeerRef.named("a"), reply.requestId(), Json.of(3)));
        assertThat(reply.await(PATIENCE).map(PeerReply::result)).contains(Json.of(3));
        a.changeKeepAlive(false);
        assertThat(owner.open("a").snapshot().keepAlive()).isFalse();
    }

    @Test
    void whatIsReadBeforeTheLogGoesOnDoesNotHideWhatCameMeanwhile() throws Exception {
        PostgresSettings deaf = PostgresSettings.DEFAULT.withoutHints();
        Gate begun = Gate.named("begun");
        Gate read = Gate.named("read");
        AtomicReference<Object> slow = new AtomicReference<>();
        SessionStore owner = slowWhenItLooks(store("owner", deaf), slow, read);
        open.add(MeerkatRuntime.of(turn -> {
                    if (isWork(turn)) {
                        begun.pass();
                    }
                    return "ok";
                })
                .store(owner)
                .open());
        Meerkat other = runtime(store("other", deaf.withoutSessions()), turn -> "never");
        Session session = other.create(SessionSpec.withoutPrompt().withKeepAliveAs("a"));
        other.create(SessionSpec.withoutPrompt().withKeepAliveAs("b"));
        Turn work = session.startTurn("work");
        begun.awaitReached(PATIENCE);

        slow.set(session.id());
        // The log goes on, but there is nothing to do: so the owner looks.
        session.send(PeerMessage.to("b", "hi"));
        read.awaitReached(PATIENCE);
        Turn late = session.startTurn("late");
        begun.open();
        assertThat(ended(work)).isEqualTo("ok");
        read.open();

        assertThat(ended(late)).isEqualTo("ok");
    }

    /** A store whose answer about a session comes late. */
    private static SessionStore slowWhenItLooks(SessionStore store, AtomicReference<Object> slow, Gate read) {
        return (SessionStore) Proxy.newProxyInstance(
                NodesTest.class.getClassLoader(), new Class<?>[] {SessionStore.class}, (self, method, arguments) -> {
                    Object result;
                    try {
                        result = method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    // While the turn runs, only those who look at what others do read the session.
                    if (method.getName().equals("load") && arguments[0].equals(slow.get())) {
                        read.pass();
                    }
                    return result;
                });
    }

    @Test
    void whileATurnHoldsUpTheCloseOfItsNodeAllOtherSessionsGoOnElsewhere() throws Exception {
        Gate begun = Gate.named("begun");
        PostgresStore first = store("closing", PostgresSettings.DEFAULT);
        Meerkat closing = MeerkatRuntime.of(turn -> {
                    if (isWork(turn)) {
                        begun.pass();
                    }
                    return "closing";
                })
                .store(first)
                .limits(RuntimeLimits.defaults()
                        .withWaits(new RuntimeLimits.Waits(Duration.ofSeconds(30), Duration.ofSeconds(5), PATIENCE)))
                .open();
        open.add(closing);
        Session held = closing.create(SessionSpec.withoutPrompt().withKeepAliveAs("held"));
        Turn work = held.startTurn("work");
        begun.awaitReached(PATIENCE);
        Meerkat other = runtime(store("other", PostgresSettings.DEFAULT), turn -> "other");
        List<Session> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Session session = other.create(SessionSpec.withoutPrompt().withKeepAliveAs("s" + i));
            if (Shards.of(session.id()) != Shards.of(held.id())) {
                others.add(session);
            }
        }

        CompletableFuture<Void> closed = CompletableFuture.runAsync(closing::close);
        for (Session session : others) {
            // Turns that begin before the node knows that it is to close end there.
            while (!ended(session.startTurn("go")).equals("other")) {
                assertThat(closed).isNotDone();
            }
        }
        assertThat(closed).isNotDone();
        begun.open();

        closed.get(60, TimeUnit.SECONDS);
        assertThat(other.open("held").history(0, 100).entries()).isNotEmpty();
        assertThat(ended(work)).isEqualTo("closing");
    }

    @Test
    void aTurnThatIsPutAsideWhenItsNodeClosesGoesOnAtTheOtherAndItsCallerThereHearsOfItsEnd() throws Exception {
        Gate begun = Gate.named("begun");
        Queue<String> at = new ConcurrentLinkedQueue<>();
        PostgresStore first = store("first", PostgresSettings.DEFAULT);
        Meerkat closing = MeerkatRuntime.of(turn -> {
                    at.add("first " + turn.attempt());
                    if (isWork(turn)) {
                        begun.pass();
                    }
                    return "first";
                })
                .store(first)
                .limits(RuntimeLimits.defaults()
                        .withWaits(
                                new RuntimeLimits.Waits(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ZERO)))
                .open();
        PostgresStore second = store("second", PostgresSettings.DEFAULT.withoutSessions());
        Meerkat watching = runtime(second, turn -> "second");
        Session session = watching.create(SessionSpec.ofPrompt("hi").withKeepAliveAs("a"));
        assertThat(ended(session.initialTurn().orElseThrow())).isEqualTo("first");
        Turn work = session.startTurn("work");
        begun.awaitReached(PATIENCE);
        assertThat(session.snapshot().runningTurn()).isPresent();

        Meerkat third = runtime(store("third", PostgresSettings.DEFAULT), turn -> "third " + turn.attempt());
        closing.close();

        assertThat(ended(work)).isEqualTo("third 1");
        begun.open();
        assertThat(third.open("a").history(0, 100).entries()).isNotEmpty();
    }

    @Test
    void atAnotherNodeAStreamHasAGapWhereTheOwnerTellsOfLiveEvents() throws Exception {
        Meerkat owner = runtime(store("owner", PostgresSettings.DEFAULT), turn -> {
            turn.emit("piece");
            return "piece";
        });
        Meerkat other = runtime(store("other", PostgresSettings.DEFAULT.withoutSessions()), turn -> "never");
        Session session = other.create(SessionSpec.withoutPrompt().withKeepAliveAs("a"));
        try (EventStream there = owner.open("a").eventsFromNow();
                EventStream here = session.eventsFromNow()) {
            assertThat(ended(session.startTurn("work"))).isEqualTo("piece");

            assertThat(turn(there)).contains(SessionEvent.TextDelta.class).doesNotContain(SessionEvent.Gap.class);
            assertThat(turn(here))
                    .containsSequence(SessionEvent.TurnStarted.class, SessionEvent.Gap.class)
                    .doesNotContain(SessionEvent.TextDelta.class);
        }
    }

    /** What a stream tells until a turn is completed. */
    private static List<Class<?>> turn(EventStream events) throws InterruptedException {
        List<Class<?>> kinds = new ArrayList<>();
        while (!kinds.contains(SessionEvent.TurnCompleted.class)) {
            kinds.add(events.next(PATIENCE).orElseThrow().getClass());
        }
        return kinds;
    }

    @Test
    void aNameThatTwoNodesGiveAtTheSameTimeIsGivenOnce() throws Exception {
        List<Meerkat> both = List.of(
                runtime(store("one", PostgresSettings.DEFAULT), turn -> "ok"),
                runtime(store("two", PostgresSettings.DEFAULT), turn -> "ok"));
        for (int i = 0; i < 20; i++) {
            SessionSpec spec = SessionSpec.ofPrompt("hi").withKeepAliveAs("n" + i);
            List<CompletableFuture<Boolean>> made = new ArrayList<>();
            for (Meerkat meerkat : both) {
                made.add(CompletableFuture.supplyAsync(() -> created(meerkat, spec)));
            }
            assertThat(made.get(0).get(60, TimeUnit.SECONDS))
                    .isNotEqualTo(made.get(1).get(60, TimeUnit.SECONDS));
        }
    }

    private static boolean created(Meerkat meerkat, SessionSpec spec) {
        try {
            return meerkat.create(spec).id() != null;
        } catch (CommsNameTakenException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anotherNodeInterruptsATurn() throws Exception {
        Gate begun = Gate.named("begun");
        runtime(store("owner", PostgresSettings.DEFAULT), turn -> {
            if (isWork(turn)) {
                begun.pass();
            }
            return "ok";
        });
        Meerkat other = runtime(store("other", PostgresSettings.DEFAULT.withoutSessions()), turn -> "never");
        Session session = other.create(SessionSpec.ofPrompt("hi").withKeepAliveAs("a"));
        Turn work = session.startTurn("work");
        begun.awaitReached(PATIENCE);

        assertThat(session.interrupt()).isInstanceOf(InterruptOutcome.Stopped.class);

        assertThat(work.await(PATIENCE)).get().isInstanceOf(TurnOutcome.Interrupted.class);
        begun.open();
    }
}
