package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.testkit.Gate;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** An archived session can be read, and takes nothing more. */
public abstract class ArchiveContract extends ContractChapter {
    /** For subclasses. */
    protected ArchiveContract() {}

    @Test
    public void historyEventsAndSnapshotOfAnArchivedSessionStillRead() throws Exception {
        Session session = idle("a");
        handled(session, "work");
        List<TranscriptEntry> transcript = Seen.transcript(session);
        List<SessionEvent> log = logged(session);

        session.archive();

        assertThat(Seen.transcript(session)).isEqualTo(transcript);
        if (told(Detail.LIFECYCLE_EVENTS)) {
            assertThat(Seen.log(session))
                    .startsWith(log.toArray(SessionEvent[]::new))
                    .hasSize(log.size() + 1);
        }
        assertThat(session.snapshot().state()).isEqualTo(SessionSnapshot.State.ARCHIVED);
        assertThat(Seen.transcript(again(session))).isEqualTo(transcript);
    }

    @Test
    @Needs(Detail.LIFECYCLE_EVENTS)
    public void theArchivingIsTheLastEvent() throws Exception {
        Session session = idle("a");

        session.archive();

        List<SessionEvent> log = Seen.log(session);
        assertThat(log.get(log.size() - 1))
                .isInstanceOfSatisfying(
                        SessionEvent.Lifecycle.class,
                        event -> assertThat(event.phase()).isEqualTo(SessionEvent.Lifecycle.Phase.ARCHIVED));
        assertThat(log.get(log.size() - 1).cursor()).isEqualTo(new Cursor(log.size()));
    }

    @Test
    public void everythingThatAdmitsWorkIsRefused() throws Exception {
        Session session = idle("a");
        idle("b");
        session.archive();
        List<SessionEvent> before = logged(session);

        refused(() -> session.send(CommsCommand.Input.of("work")));
        refused(() -> session.send(CommsCommand.PeerMessage.to("b", "work")));
        if (!lacks(Capability.REPLY_HANDLES)) {
            refused(() -> session.request(CommsCommand.PeerRequest.to("b", "work", Json.NULL)));
        }
        refused(() -> session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL)));
        refused(() -> start(session, "work"));

        assertThat(logged(session)).isEqualTo(before);
    }

    @Test
    public void aSecondArchivingIsRefused() throws Exception {
        Session session = idle("a");
        session.archive();
        List<SessionEvent> before = logged(session);

        refused(session::archive);

        assertThat(logged(session)).isEqualTo(before);
    }

    @Test
    public void theNameIsFreeAgain() throws Exception {
        Session first = idle("a");
        first.archive();
        assertThatExceptionOfType(SessionNotFoundException.class)
                .isThrownBy(() -> meerkat().open("a"));

        Session second = idle("a");

        assertThat(meerkat().open("a").id()).isEqualTo(second.id()).isNotEqualTo(first.id());
    }

    @Test
    public void itIsListedNoMoreAndOpensByIdStill() throws Exception {
        Session session = idle("a");
        Session other = idle("b");

        session.archive();

        assertThat(meerkat().list(SessionQuery.all()).sessions())
                .extracting(SessionSnapshot::id)
                .containsExactly(other.id());
        assertThat(again(session).snapshot().state()).isEqualTo(SessionSnapshot.State.ARCHIVED);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aRunningTurnIsInterruptedAndWhatWaitsStaysUnhandled() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            turn.emit("so far");
            gate.pass();
            return "never said";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        InputId waiting = session.send(CommsCommand.Input.of("waiting")).inputId();

        session.archive();

        assertThat(ended(turn)).isInstanceOf(TurnOutcome.Interrupted.class);
        assertThat(((TurnOutcome.Interrupted) ended(turn)).text())
                .isEqualTo(told(Detail.PARTIAL_ANSWERS) ? "so far" : "");
        if (told(Detail.INPUT_STATUS)) {
            assertThat(session.inputStatus(waiting).map(InputStatus::state)).contains(InputStatus.State.QUEUED);
        }
        if (told(Detail.TURN_IDS)) {
            assertThat(Seen.turns(session)).containsExactly(List.of("work"));
        }
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aMessageOfACommittedStepThatComesTooLateIsReportedToItsSender() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Gate gate = gate();
        fixture().agent(turn -> {
            turn.comms().send(CommsCommand.PeerMessage.to("b", "report"));
            gate.pass();
            return "done";
        });
        Turn turn = a.startTurn("work");
        gate.awaitReached(PATIENCE);
        b.archive();
        gate.open();
        completed(turn);

        SessionEvent.PeerSent sent = watch(a).await(SessionEvent.PeerSent.class);
        SessionEvent.PeerSendFailed failed = watch(a).await(SessionEvent.PeerSendFailed.class);

        assertThat(failed.envelopeId()).isEqualTo(sent.envelopeId());
        assertThat(failed.code()).isEqualTo(SessionArchivedException.CODE);
        assertThat(a.snapshot().lastCursor().orElse(Cursor.START)).isEqualTo(failed.cursor());
    }

    @Test
    @Needs(Detail.DEFERRED)
    public void aSessionThatNeverRanIsArchivedToo() throws Exception {
        Session session = meerkat()
                .create(dev.meerkat.api.SessionSpec.ofPrompt("prompt")
                        .withKeepAliveAs("a")
                        .withDeferredStart());

        session.archive();

        if (told(Detail.ARCHIVED_BEFORE_A_TURN)) {
            assertThat(Seen.transcript(session)).isEmpty();
            assertThat(session.snapshot().state()).isEqualTo(SessionSnapshot.State.ARCHIVED);
        } else {
            assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> Seen.transcript(session));
            assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(session::snapshot);
        }
        assertThat(meerkat().list(SessionQuery.all()).sessions()).isEmpty();
    }

    @Test
    @Needs(Detail.CRASH)
    public void itStaysArchivedOverARestartAndACrash() throws Exception {
        Session first = idle("a");
        first.archive();
        fixture().restart();
        Session second = idle("a");
        second.archive();
        fixture().crash();

        for (Session session : List.of(again(first), again(second))) {
            assertThat(session.snapshot().state()).isEqualTo(SessionSnapshot.State.ARCHIVED);
            refused(() -> start(session, "work"));
            refused(session::archive);
        }
        assertThat(meerkat().list(SessionQuery.all()).sessions()).isEmpty();
    }

    /** The log, where it is there after the archiving. */
    private List<SessionEvent> logged(Session session) throws InterruptedException {
        return told(Detail.LIFECYCLE_EVENTS) ? Seen.log(session) : List.of();
    }

    private static void refused(ThrowingCallable call) {
        assertThatExceptionOfType(SessionArchivedException.class).isThrownBy(call);
    }
}
