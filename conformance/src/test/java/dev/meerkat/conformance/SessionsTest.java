package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.client.RemoteMeerkat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Creation, turns, reading, paging, context and archiving, in every way to every server. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#all")
class SessionsTest extends ServerTest {
    private static final SessionId UNKNOWN = SessionId.of("01900000-0000-7000-8000-000000000000");

    @Test
    void theServerTellsItsContractLineAndIsHealthy() throws Exception {
        RemoteMeerkat client = client();

        assertThat(client.contractVersion()).isEqualTo(reached().server().version());
        assertThat(client.checkHealth()).isEmpty();
    }

    @Test
    void aSessionGoesFromItsFirstTurnThroughAnotherToTheArchive() throws Exception {
        RemoteMeerkat client = client();
        Session session = client.create(SessionSpec.ofPrompt("Say ok.").withSystemPrompt("You are a test agent."));
        assertThat(completed(session.initialTurn().orElseThrow()).text()).isEqualTo("ok");

        assertThat(completed(session.startTurn("hello")).text()).isEqualTo("ok");

        SessionSnapshot snapshot = session.snapshot();
        assertThat(snapshot.state()).isEqualTo(SessionSnapshot.State.IDLE);
        assertThat(snapshot.messageCount()).isEqualTo(5);
        assertThat(client.list(SessionQuery.all()).sessions())
                .extracting(SessionSnapshot::id)
                .contains(session.id());
        session.archive();
        assertThat(client.list(SessionQuery.all()).sessions())
                .extracting(SessionSnapshot::id)
                .doesNotContain(session.id());
    }

    @Test
    void theTranscriptIsReadWholeAndByPages() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        List<TranscriptEntry> all = transcript(session);
        assertThat(all)
                .extracting(Object::getClass)
                .containsExactly(
                        TranscriptEntry.SystemPrompt.class, TranscriptEntry.Input.class, TranscriptEntry.Answer.class);
        assertThat(session.history(1, 1).entries()).containsExactly(all.get(1));
        assertThat(session.history(1, 1).hasMore()).isTrue();
        assertThat(session.history(2, 10).hasMore()).isFalse();
    }

    @Test
    void labelsAreKeptAfterATurnAndFindTheSession() throws Exception {
        // The server's own list forgets labels with the first turn, and over REST it takes no filter at all.
        RemoteMeerkat client = client();
        String team = name();
        Session session = idle(client, SessionSpec.ofPrompt("Say ok.").withLabels(Map.of("team", team)));

        assertThat(session.snapshot().labels()).containsEntry("team", team);
        assertThat(client.list(SessionQuery.all().withLabel("team", team)).sessions())
                .extracting(SessionSnapshot::id)
                .containsExactly(session.id());
    }

    @Test
    void aContextIsAddedOnceForItsKeyWithoutATurn() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        assertThat(session.injectContext(ContextNote.of("Remember teal.").withIdempotencyKey("c1")))
                .isTrue();
        assertThat(session.injectContext(ContextNote.of("Remember teal.").withIdempotencyKey("c1")))
                .isFalse();
        assertThatExceptionOfType(NotDoneException.class)
                .isThrownBy(() ->
                        session.injectContext(ContextNote.of("Remember blue.").withIdempotencyKey("c1")));

        if (!reached().isLine09()) {
            // The old line gives it to the model with the next turn, and shows it in no transcript.
            assertThat(transcript(session)).hasSize(3);
            assertThat(completed(session.startTurn("go on")).text()).isEqualTo("ok");
            return;
        }
        List<TranscriptEntry> transcript = transcript(session);
        assertThat(transcript).hasSize(4);
        assertThat(transcript.get(3))
                .isInstanceOfSatisfying(
                        TranscriptEntry.SystemPrompt.class,
                        context -> assertThat(context.text()).contains("Remember teal."));
        assertThat(completed(session.startTurn("go on")).text()).isEqualTo("ok");
    }

    @Test
    void anUnknownSessionIsNotFound() throws Exception {
        RemoteMeerkat client = client();

        assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> client.open(UNKNOWN));
        assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> client.open("nobody"));
    }

    @Test
    void anIdleSessionHasNothingToInterrupt() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        // Over JSON-RPC, the old line does not tell that nothing ran.
        assertThat(session.interrupt())
                .isInstanceOf(
                        reached().isRest() || reached().isLine09()
                                ? InterruptOutcome.Idle.class
                                : InterruptOutcome.Stopping.class);
        assertThat(completed(session.startTurn("go on")).text()).isEqualTo("ok");
    }

    @Test
    void anArchivedSessionIsReadAndNothingElse() throws Exception {
        RemoteMeerkat client = client();
        Session session = idle(client, SessionSpec.ofPrompt("Say ok."));
        session.archive();

        assertThat(transcript(session)).hasSize(3);
        assertThat(session.snapshot().state()).isEqualTo(SessionSnapshot.State.ARCHIVED);
        assertThatExceptionOfType(SessionArchivedException.class)
                .isThrownBy(() -> completed(session.startTurn("more")));
        assertThatExceptionOfType(SessionArchivedException.class)
                .isThrownBy(() -> session.injectContext(ContextNote.of("more")));
        assertThatExceptionOfType(SessionArchivedException.class).isThrownBy(session::archive);
        assertThat(transcript(client.open(session.id()))).hasSize(3);
    }

    @Test
    void aDeferredSessionBeginsItsFirstTurnWithItsPrompt() throws Exception {
        RemoteMeerkat client = client();
        SessionSpec later = SessionSpec.ofPrompt("Later.").withDeferredStart();
        if (reached().isRest()) {
            assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> client.create(later));
            return;
        }
        Session session = client.create(later);
        assertThat(session.initialTurn()).isEmpty();
        assertThat(transcript(session)).isEmpty();

        completed(session.startTurn("Now."));

        assertThat(transcript(session).get(1).toString()).contains("Later.").contains("Now.");
    }

    @Test
    void turnsThatAreStartedTogetherAllCompleteButOnTheOldLine() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        var first = session.startTurn("one");
        var second = session.startTurn("two");
        if (!reached().isLine09()) {
            // The old line runs one of them, and never answers the other.
            CompletableFuture.anyOf(
                            first.completion().toCompletableFuture(),
                            second.completion().toCompletableFuture())
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(completed(session.startTurn("three")).text()).isEqualTo("ok");
            return;
        }

        assertThat(completed(first).text()).isEqualTo("ok");
        assertThat(completed(second).text()).isEqualTo("ok");
        assertThat(session.snapshot().messageCount()).isEqualTo(7);
    }

    @Test
    void whatTheServerCannotIsNotDeclared() throws Exception {
        assertThat(client().capabilities().supported())
                .contains(Capability.PEER_NAMES)
                .doesNotContain(
                        Capability.EVENT_WAKE,
                        Capability.REALM_TRUST,
                        Capability.FREE_INTENTS,
                        Capability.REPLY_HANDLES,
                        Capability.DURABLE);
        assertThat(client().capabilities().has(Capability.STEER))
                .isEqualTo(reached().isLine09());
    }
}
