package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EarlierMessageUndeliveredException;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.FaultyTransport.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All that leaves one session arrives at one receiver in the order in which it was sent. */
@Timeout(60)
class OutboxTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    private final MeerkatHarness harness = MeerkatHarness.create();
    private final FaultyTransport faults = FaultyTransport.scripted(harness.time());
    private final MemoryStores memory = MemoryStores.create();
    /** Whether deliveries get no answer, and do not arrive. */
    private volatile boolean silent;

    /** Whether the sessions that an earlier runtime left are not found yet. */
    private boolean hidden;

    private List<String> sends = List.of();
    private Session a;
    private Session b;

    /** Opens the same store again and again, and may hide what is left over, as a long list of others would. */
    private final class Opened extends StoreWrapper {
        Opened(SessionStore inner) {
            super(inner);
        }

        @Override
        <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
            return write.get();
        }

        @Override
        public List<SessionId> unfinished(@Nullable SessionId after, int limit) {
            return hidden ? List.of() : super.unfinished(after, limit);
        }
    }

    @BeforeEach
    void twoSessions() throws InterruptedException {
        PeerTransport transport = receiver -> {
            PeerTransport.Sender faulty = faults.open(receiver);
            return envelope -> silent ? new CompletableFuture<Delivery>() : faulty.deliver(envelope);
        };
        harness.transport(transport)
                .store(() -> new Opened(memory.get()))
                .limits(RuntimeLimits.defaults()
                        .withLanes(4, 4, 4_096)
                        .withWaits(new RuntimeLimits.Waits(SHORT, Duration.ofSeconds(5), Duration.ZERO)))
                .answeredBy(turn -> {
                    if (InputPattern.describe(turn.inputs()).contains("send")) {
                        sends.forEach(body -> turn.comms().send(PeerMessage.to("b", body)));
                    }
                    return "ok";
                });
        a = harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
        b = harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withCommsName("b"));
        harness.settle();
    }

    @AfterEach
    void nothingIsLeft() {
        harness.close();
    }

    private void sendInATurn(String... bodies) throws InterruptedException {
        sends = List.of(bodies);
        a.startTurn("send");
        harness.settle();
    }

    private void crash(boolean takingUp) throws InterruptedException {
        hidden = !takingUp;
        silent = false;
        harness.crash();
        a = harness.meerkat().open("a");
        b = harness.meerkat().open("b");
    }

    static List<String> arrived(Session receiver) throws InterruptedException {
        List<String> arrived = new ArrayList<>();
        try (EventStream log = receiver.events(Cursor.START)) {
            for (Optional<SessionEvent> event = log.next(Duration.ZERO);
                    event.isPresent();
                    event = log.next(Duration.ZERO)) {
                if (event.get() instanceof SessionEvent.InputAdmitted admitted
                        && !(admitted.input().body() instanceof InputBody.Prompt)) {
                    arrived.add(InputPattern.text(admitted.input().body()));
                }
            }
        }
        return arrived;
    }

    @Test
    void theHostsMessageDoesNotPassOneThatTheTransportHasLost() throws InterruptedException {
        faults.next(Fault.DROP);
        sendInATurn("m1", "m2");

        a.send(PeerMessage.to("b", "h1"));

        assertThat(arrived(b)).containsExactly("m1", "m2", "h1");
    }

    @Test
    void theHostsRequestAndResponseKeepTheOrderToo() throws InterruptedException {
        RequestId asked = b.send(PeerRequest.to("a", "q1", Json.NULL)).requestId();
        harness.settle();
        faults.next(Fault.DROP);
        sendInATurn("m1");
        a.request(PeerRequest.to("b", "q2", Json.NULL));
        faults.next(Fault.LOSE_ACK);
        sendInATurn("m2");
        a.send(PeerResponse.completed(PeerRef.named("b"), asked, Json.NULL));

        assertThat(arrived(b)).startsWith("m1", "q2 null", "m2").hasSize(4);
    }

    @Test
    void anAnswerThatTheHostGivesForAPeerComesAfterWhatThePeerHasSent() throws InterruptedException {
        RequestId asked = b.send(PeerRequest.to("a", "q1", Json.NULL)).requestId();
        faults.next(Fault.DROP);
        sendInATurn("m1");

        b.deliverPeerAnswer(new PeerAnswer(
                a.snapshot().peerId().orElseThrow(), Optional.empty(), asked, PeerAnswer.Status.COMPLETED, Json.NULL));

        assertThat(arrived(b)).startsWith("m1").hasSize(2);
    }

    @Test
    void whatAnEarlierRuntimeLeftGoesBeforeTheHostsMessage() throws InterruptedException {
        silent = true;
        sendInATurn("m1", "m2");
        crash(false);

        a.send(PeerMessage.to("b", "h1"));

        assertThat(arrived(b)).containsExactly("m1", "m2", "h1");
    }

    @Test
    void whatAnEarlierRuntimeLeftGoesBeforeWhatANewTurnSends() throws InterruptedException {
        silent = true;
        sendInATurn("m1", "m2");
        crash(false);

        sendInATurn("n1");

        assertThat(arrived(b)).containsExactly("m1", "m2", "n1");
    }

    @Test
    void whatAnEarlierRuntimeLeftLeavesWithoutAnythingNew() throws InterruptedException {
        silent = true;
        sendInATurn("m1", "m2");
        crash(true);
        harness.settle();

        assertThat(arrived(b)).containsExactly("m1", "m2");
    }

    @Test
    void whatASessionSentBeforeItWasArchivedLeavesAfterTheNextOpening() throws InterruptedException {
        silent = true;
        sendInATurn("m1");
        a.archive();
        silent = false;
        harness.crash();
        harness.settle();

        assertThat(arrived(harness.meerkat().open("b"))).containsExactly("m1");
    }

    @Test
    void aDeliveryThatIsNeverAnsweredIsMadeAgain() throws InterruptedException {
        silent = true;
        sendInATurn("m1", "m2");
        silent = false;

        harness.advance(Duration.ofSeconds(2));

        assertThat(arrived(b)).containsExactly("m1", "m2");
    }

    @Test
    void theHostIsRefusedWhenWhatIsBeforeItIsNotDeliveredWithinTheBound() throws InterruptedException {
        silent = true;
        sendInATurn("m1");

        assertThatExceptionOfType(EarlierMessageUndeliveredException.class)
                .isThrownBy(() -> a.send(PeerMessage.to("b", "h1")));

        silent = false;
        harness.advance(Duration.ofSeconds(2));
        assertThat(arrived(b)).containsExactly("m1");
        a.send(PeerMessage.to("b", "h2"));
        assertThat(arrived(b)).containsExactly("m1", "h2");
    }

    @Test
    void anInterruptedHostSendsNothing() throws InterruptedException {
        silent = true;
        sendInATurn("m1");

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> a.send(PeerMessage.to("b", "h1")));

        silent = false;
        harness.advance(Duration.ofSeconds(2));
        assertThat(arrived(b)).containsExactly("m1");
    }

    @Test
    void aHostThatWaitsIsToldWhenTheRuntimeIsClosed() throws Exception {
        silent = true;
        sendInATurn("m1");
        FutureTask<NotDoneException> send = new FutureTask<>(() -> {
            try {
                a.send(PeerMessage.to("b", "h1"));
                throw new AssertionError("it was sent");
            } catch (NotDoneException e) {
                return e;
            }
        });
        new Thread(send, "host").start();

        harness.meerkat().close();

        assertThat(send.get(30, TimeUnit.SECONDS)).isNotNull();
        crash(true);
        harness.settle();
        assertThat(arrived(b)).containsExactly("m1");
    }

    @Test
    void aFullLaneRefusesTheHostAtOnceAndKeepsTheOrder() throws InterruptedException {
        sendInATurn("m1", "m2", "m3", "m4", "m5", "m6");

        assertThatExceptionOfType(LaneFullException.class).isThrownBy(() -> a.send(PeerMessage.to("b", "h1")));
        assertThat(arrived(b)).containsExactly("m1", "m2", "m3", "m4");

        b.startTurn("make room");
        harness.settle();
        a.send(PeerMessage.to("b", "h2"));
        assertThat(arrived(b)).containsExactly("m1", "m2", "m3", "m4", "m5", "m6", "h2");
    }

    @Test
    void aReplyToAHandleDoesNotWaitForRoomInTheLane() throws InterruptedException {
        Reply first = b.request(PeerRequest.to("a", "q1", Json.NULL));
        harness.settle();
        sendInATurn("m1", "m2", "m3", "m4", "m5");

        a.send(PeerResponse.completed(PeerRef.named("b"), first.requestId(), Json.parse("1")));

        assertThat(first.await(Duration.ZERO)).isPresent();
        assertThat(arrived(b)).containsExactly("m1", "m2", "m3", "m4");
    }
}
