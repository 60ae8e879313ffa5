package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.testkit.Gate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A deleted session is as one that never was; archived ones are listed until then. */
@Requires(Capability.DELETION)
public abstract class DeletionContract extends ContractChapter {
    /** For subclasses. */
    protected DeletionContract() {}

    @Test
    public void archivedSessionsAreListedApartFromLiveOnes() throws Exception {
        Session first = idle(SessionSpec.ofPrompt("one").withLabels(Map.of("team", "a")));
        Session second = idle("b");
        Session third = idle("c");
        first.archive();
        third.archive();

        SessionQuery archived = SessionQuery.all().ofArchived();
        assertThat(ids(archived)).containsExactly(first.id(), third.id());
        assertThat(ids(archived.page(1, 1))).containsExactly(third.id());
        assertThat(ids(archived.withLabel("team", "a"))).containsExactly(first.id());
        assertThat(ids(SessionQuery.all())).containsExactly(second.id());
        assertThat(meerkat().list(archived).sessions())
                .extracting(SessionSnapshot::state)
                .containsOnly(SessionSnapshot.State.ARCHIVED);
    }

    @Test
    public void everyCallOnADeletedSessionSaysThatThereIsNone() throws Exception {
        Session session = idle("a");
        handled(session, "work");
        session.archive();

        meerkat().delete(session.id());

        gone(() -> meerkat().open(session.id()));
        gone(() -> meerkat().open("a"));
        gone(() -> meerkat().delete(session.id()));
        gone(session::snapshot);
        gone(() -> session.history(0, 10));
        gone(() -> session.events(Cursor.START));
        gone(() -> session.send(CommsCommand.Input.of("work")));
        gone(() -> session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL)));
        gone(() -> start(session, "work"));
        gone(session::archive);
        assertThat(ids(SessionQuery.all())).isEmpty();
        assertThat(ids(SessionQuery.all().ofArchived())).isEmpty();
    }

    @Test
    public void aSessionThatNeverWasIsNotDeleted() {
        gone(() -> meerkat().delete(new SessionId(new UUID(1, 2))));
    }

    @Test
    public void aNameAndAKeyOfADeletedSessionAreNewInTheNext() throws Exception {
        Session first = idle("a");
        ExternalEvent event = ExternalEvent.genericJson("push", Json.NULL).withIdempotencyKey("k");
        EventOutcome before = first.sendExternalEvent(event);
        meerkat().delete(first.id());

        Session second = idle("a");

        assertThat(meerkat().open("a").id()).isEqualTo(second.id()).isNotEqualTo(first.id());
        assertThat(Seen.transcript(second)).hasSize(2);
        InputId input = ((EventOutcome.Accepted) second.sendExternalEvent(event))
                .inputId()
                .orElseThrow();
        assertThat(input)
                .isNotEqualTo(((EventOutcome.Accepted) before).inputId().orElseThrow());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aRunningTurnIsStoppedFirst() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        AtomicBoolean stopped = new AtomicBoolean();
        fixture().agent(turn -> {
            try {
                gate.pass();
            } finally {
                stopped.set(true);
            }
            return "never said";
        });
        session.startTurn("work");
        gate.awaitReached(PATIENCE);

        meerkat().delete(session.id());

        assertThat(stopped).isTrue();
        gone(() -> meerkat().open(session.id()));
    }

    @Test
    public void aStreamThatIsReadEndsWithTheArchivingOrWithTheSession() throws Exception {
        Session session = idle("a");
        try (EventStream events = session.eventsFromNow()) {
            Future<Boolean> end = async(() -> ends(events));

            meerkat().delete(session.id());

            assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean ends(EventStream events) throws InterruptedException {
        try {
            while (!events.ended()) {
                var unused = events.next(PATIENCE);
            }
            return true;
        } catch (SessionNotFoundException e) {
            return true;
        }
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void whatPeersHaveGotStaysAndWhatTheySendIsRefused() throws Exception {
        echo();
        Session a = idle("a");
        Session b = idle("b");
        a.send(CommsCommand.PeerMessage.to("b", "hello"));
        watch(b).await(SessionEvent.TurnCompleted.class, turn -> turn.text().equals("hello"));
        List<TranscriptEntry> before = Seen.transcript(b);
        List<SessionEvent> log = Seen.log(b);
        Optional<PeerId> former = a.snapshot().peerId();

        meerkat().delete(a.id());

        assertThat(Seen.transcript(b)).isEqualTo(before);
        assertThat(Seen.log(b)).isEqualTo(log);
        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> b.send(CommsCommand.PeerMessage.to("a", "still there?")));
        Session again = idle("a");
        assertThat(again.snapshot().peerId()).isPresent().isNotEqualTo(former);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aRequestGoesWithItsRequesterAndStaysOpenWithoutItsResponder() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Session c = idle("c");
        Reply lost = a.request(CommsCommand.PeerRequest.to("b", "sum", Json.NULL));
        Reply open = b.request(CommsCommand.PeerRequest.to("c", "sum", Json.NULL));

        meerkat().delete(a.id());
        meerkat().delete(c.id());

        Session next = idle("a");
        assertThat(next.id()).isNotEqualTo(a.id());
        assertThatExceptionOfType(RequestNotFoundException.class)
                .isThrownBy(() ->
                        b.send(CommsCommand.PeerResponse.completed(PeerRef.named("a"), lost.requestId(), Json.NULL)));
        assertThat(b.reply(open.requestId()).requestId()).isEqualTo(open.requestId());
        assertThat(open.completion().toCompletableFuture()).isNotDone();
    }

    @Test
    @Needs(Detail.CRASH)
    public void itStaysDeletedOverARestartAndACrash() throws Exception {
        Session first = idle("a");
        Session second = idle("b");
        Session kept = idle("c");
        meerkat().delete(first.id());
        fixture().restart();
        meerkat().delete(second.id());
        fixture().crash();

        gone(() -> meerkat().open(first.id()));
        gone(() -> meerkat().open(second.id()));
        assertThat(ids(SessionQuery.all())).containsExactly(kept.id());
        assertThat(Seen.transcript(again(kept))).hasSize(2);
    }

    private List<SessionId> ids(SessionQuery query) throws InterruptedException {
        return meerkat().list(query).sessions().stream()
                .map(SessionSnapshot::id)
                .toList();
    }

    private static void gone(ThrowingCallable call) {
        assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(call);
    }
}
