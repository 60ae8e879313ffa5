package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.testkit.FaultyStore.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One random history of a runtime with three sessions, in manual mode, and what it promised on the way. */
final class SeededRun implements AutoCloseable {
    private static final int ACTIONS = 60;
    /** Up to here an action is one that no fault has part in. */
    private static final int WORK = 88;

    private static final int MORE_WRITES = 3;

    /** How often interesting things happened. */
    static final class Reached {
        int crashes;
        int restarts;
        int acknowledged;
        int unknown;
        int refused;
        int replies;
        int fired;
        int expired;

        void add(Reached other) {
            crashes += other.crashes;
            restarts += other.restarts;
            acknowledged += other.acknowledged;
            unknown += other.unknown;
            refused += other.refused;
            replies += other.replies;
            fired += other.fired;
            expired += other.expired;
        }
    }

    private final SplittableRandom random;
    private final MeerkatHarness harness;
    private final FaultyStore store = FaultyStore.around(MemoryStore.create());
    private final Map<String, SessionId> sessions = new LinkedHashMap<>();
    private final Map<InputId, SessionId> acknowledged = new LinkedHashMap<>();
    private final Map<InputId, SessionId> unknown = new LinkedHashMap<>();
    private final Map<String, InputId> keys = new HashMap<>();
    private final Map<RequestId, String> requests = new LinkedHashMap<>();
    private final Map<ScheduleId, Schedule> schedules = new LinkedHashMap<>();
    private final Reached reached = new Reached();
    private final int actions;
    private final int dice;
    private @Nullable Fault fault;
    private long created;
    private int sent;

    /** With random faults, crashes and restarts. */
    SeededRun(long seed) {
        this(seed, ACTIONS, 100);
    }

    /** With no fault but those that are planned. */
    static SeededRun ofWork(long seed, int actions) {
        return new SeededRun(seed, actions, WORK);
    }

    /**
     * One write fails, and a few writes later the store is repaired, or the process ends.
     *
     * @param write its number among the writes after the sessions were created, from 1
     */
    record Fault(int write, Moment moment, boolean crash) {}

    SeededRun with(Fault planned) {
        fault = planned;
        return this;
    }

    private SeededRun(long seed, int actions, int dice) {
        this.actions = actions;
        this.dice = dice;
        random = new SplittableRandom(seed * 31);
        harness = MeerkatHarness.seeded(seed);
        Thread test = Thread.currentThread();
        FaultyTransport ours = FaultyTransport.seeded(harness.time(), seed, 15, Duration.ZERO);
        FaultyTransport agents = FaultyTransport.seeded(harness.time(), seed + 1, 30, Duration.ofMillis(500));
        PeerTransport transport = receiver -> {
            PeerTransport.Sender ofTest = ours.open(receiver);
            PeerTransport.Sender ofAgents = agents.open(receiver);
            return envelope -> (Thread.currentThread() == test ? ofTest : ofAgents).deliver(envelope);
        };
        harness.answeredBy(new SeededAgent())
                .store(() -> store)
                .transport(transport)
                .limits(RuntimeLimits.defaults()
                        .withWaits(
                                new RuntimeLimits.Waits(Duration.ofMillis(20), Duration.ofSeconds(5), Duration.ZERO)))
                .retry(RetryPolicy.inPlace(100, Duration.ofMillis(200), Duration.ofSeconds(2)));
    }

    void play() throws InterruptedException {
        harness.executor().hold();
        for (String name : SeededAgent.NAMES) {
            Session session = harness.meerkat()
                    .create(SessionSpec.ofPrompt("Begin " + name).withKeepAliveAs(name));
            sessions.put(name, session.id());
            acknowledged.put(session.initialTurn().orElseThrow().inputId().orElseThrow(), session.id());
        }
        created = store.writes();
        if (fault != null) {
            store.failWrite(fault.write(), fault.moment());
        }
        for (int i = 0; i < actions; i++) {
            act();
            repair();
        }
        finish();
        whatIsLeftHasArrived();
        restart();
        finish();
    }

    /** An envelope stays in its outbox if settling it failed; the next opening settles it. */
    private void whatIsLeftHasArrived() {
        for (SessionId sender : sessions.values()) {
            for (Outgoing outgoing : store.outbox(sender, 0, 1_000)) {
                Envelope envelope = outgoing.envelope();
                InputId id = new InputId(envelope.id().value());
                assertThat(store.place(envelope.to().session(), id))
                        .as("unsettled %s", envelope)
                        .isPresent();
            }
        }
    }

    /** Only after some more writes, which meet the fault too. */
    private void repair() {
        if (fault == null || writes() < fault.write() + MORE_WRITES) {
            return;
        }
        if (fault.crash()) {
            crash();
        } else {
            store.mend();
        }
        fault = null;
    }

    /** How many writes came after the sessions were created. */
    long writes() {
        return store.writes() - created;
    }

    private void act() throws InterruptedException {
        int thrown = random.nextInt(dice);
        if (thrown < 45) {
            send();
        } else if (thrown < 75) {
            run(random.nextInt(6));
        } else if (thrown < WORK) {
            harness.advance(Duration.ofMillis(random.nextInt(1_500)));
        } else if (thrown < 92) {
            store.failWrite(1 + random.nextInt(4), Moment.BEFORE);
        } else if (thrown < 94) {
            store.failWrite(1 + random.nextInt(3), Moment.AFTER);
            run(random.nextInt(6));
            crash();
        } else if (thrown < 98) {
            crash();
        } else {
            restart();
        }
    }

    private void run(int slices) throws InterruptedException {
        for (int i = 0; i < slices; i++) {
            harness.executor().runNext();
        }
    }

    private void crash() {
        reached.crashes++;
        store.mend();
        harness.crash();
    }

    private void restart() throws InterruptedException {
        reached.restarts++;
        store.mend();
        harness.executor().runUntilIdle();
        harness.restart();
    }

    private void send() throws InterruptedException {
        String from = name();
        String to = name();
        Session sender = session(from);
        try {
            int kind = random.nextInt(6);
            if (kind == 0) {
                CommsCommand.Input input = CommsCommand.Input.of("l" + ++sent);
                Receipt.InputAccepted receipt =
                        sender.send(timeToLive().map(input::withTimeToLive).orElse(input));
                acknowledge(receipt.inputId(), from);
            } else if (kind == 4) {
                Schedule made = sender.later(
                        Duration.ofMillis(random.nextInt(3_000)), CommsCommand.Input.of("t" + padded(++sent)));
                schedules.put(made.id(), made);
            } else if (kind == 5 && !schedules.isEmpty() && random.nextInt(4) == 0) {
                cancel(sender);
            } else if (kind == 1) {
                event(sender, from);
            } else if (from.equals(to)) {
                return;
            } else if (kind == 2) {
                CommsCommand.PeerMessage message = CommsCommand.PeerMessage.to(to, "m" + padded(++sent));
                Receipt.PeerMessageSent receipt =
                        sender.send(timeToLive().map(message::withTimeToLive).orElse(message));
                acknowledge(new InputId(receipt.envelopeId().value()), to);
            } else {
                CommsCommand.PeerRequest request = CommsCommand.PeerRequest.to(to, "q" + ++sent, Json.NULL);
                requests.put(
                        sender.request(timeToLive().map(request::withTimeToLive).orElse(request))
                                .requestId(),
                        from);
            }
        } catch (UnknownOutcomeException e) {
            reached.unknown++;
            unknown.put(new InputId(e.id().orElseThrow()), sessions.get(to));
        } catch (NotDoneException e) {
            reached.refused++;
        }
    }

    /** Of each third, a time within which some are taken up and some are not. */
    private Optional<Duration> timeToLive() {
        return random.nextInt(3) == 0 ? Optional.of(Duration.ofMillis(1 + random.nextInt(2_000))) : Optional.empty();
    }

    /** What is taken back may have come before, and need not come. */
    private void cancel(Session session) throws InterruptedException {
        for (Schedule schedule : session.schedules()) {
            schedules.remove(schedule.id());
            boolean unused = session.cancel(schedule.id());
        }
    }

    private void event(Session session, String name) throws InterruptedException {
        String key = name + random.nextInt(5);
        EventOutcome outcome = session.sendExternalEvent(
                ExternalEvent.genericJson("happened", Json.of(key)).withIdempotencyKey(key));
        if (outcome instanceof EventOutcome.Accepted accepted) {
            InputId before = keys.put(key, accepted.inputId().orElseThrow());
            assertThat(before).as("first acceptance of key %s", key).isNull();
            acknowledge(accepted.inputId().orElseThrow(), name);
        } else if (outcome instanceof EventOutcome.Duplicate duplicate && keys.containsKey(key)) {
            assertThat(duplicate.inputId()).isEqualTo(keys.get(key));
        }
    }

    private void acknowledge(InputId input, String receiver) {
        reached.acknowledged++;
        acknowledged.put(input, sessions.get(receiver));
    }

    /** Lets all faults end and everything come to rest. */
    private void finish() throws InterruptedException {
        store.mend();
        for (int round = 0; round < 1_000; round++) {
            harness.executor().runUntilIdle();
            Duration next = harness.time().untilNext();
            if (next == null) {
                return;
            }
            harness.advance(next.isNegative() ? Duration.ZERO : next);
        }
        throw new AssertionError("the runtime does not come to rest\n" + harness.diagnostics());
    }

    void check() throws InterruptedException {
        SeededAudit audit = SeededAudit.of(store, new ArrayList<>(sessions.values()));
        acknowledged.forEach(audit::wasHandledOnce);
        unknown.forEach(audit::wasHandledAtMostOnce);
        audit.nothingWasHandledTwice();
        audit.sendersKeepTheirOrder();
        audit.eachReceiverHasTheOrderOfEachSendersLog();
        audit.whatAgentsSentArrivedOnceAndInOrder();
        schedules.values().forEach(audit::cameOnce);
        requests.keySet().forEach(audit::wasAnsweredOnce);
        reached.fired += schedules.size();
        reached.expired += audit.expired();
        for (Map.Entry<RequestId, String> request : requests.entrySet()) {
            assertThat(session(request.getValue()).reply(request.getKey()).await(Duration.ZERO))
                    .as("reply to %s", request.getKey())
                    .isPresent();
            reached.replies++;
        }
    }

    Reached reached() {
        reached.replies += requests.size();
        return reached;
    }

    private Session session(String name) throws InterruptedException {
        return harness.meerkat().open(sessions.get(name));
    }

    private String name() {
        return SeededAgent.NAMES.get(random.nextInt(SeededAgent.NAMES.size()));
    }

    private static String padded(int number) {
        return String.format("%04d", number);
    }

    @Override
    public void close() {
        harness.close();
    }
}
