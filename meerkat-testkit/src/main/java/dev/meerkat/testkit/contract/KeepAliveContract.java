package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.testkit.Gate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A keep-alive session wakes for later work; any other waits for its next explicit turn. */
public abstract class KeepAliveContract extends ContractChapter {
    /** For subclasses. */
    protected KeepAliveContract() {}

    @Test
    public void anIdleKeepAliveSessionWakesForAnInput() throws Exception {
        Session session = idle("a");
        echo();

        assertThat(handled(session, "later")).isEqualTo(echoed("later"));
    }

    @Test
    public void itWakesAgainAndAgainEachTimeForANewTurn() throws Exception {
        Session session = idle("a");
        echo();

        for (String body : List.of("one", "two", "three", "four", "five", "six")) {
            assertThat(handled(session, body)).isEqualTo(echoed(body));
        }

        List<TranscriptEntry> answers = said(session).stream()
                .filter(TranscriptEntry.Answer.class::isInstance)
                .toList();
        assertThat(answers).hasSize(7);
        if (!lacks(Capability.EVENT_REPLAY) && told(Detail.TURN_IDS)) {
            List<TurnId> turns = Seen.log(session, SessionEvent.TurnCompleted.class).stream()
                    .map(SessionEvent.TurnCompleted::turnId)
                    .toList();
            assertThat(turns).hasSize(7).doesNotHaveDuplicates();
        }
    }

    @Test
    @Requires(Capability.EVENT_WAKE)
    @Needs(Detail.SCRIPTED_AGENT)
    public void anIdleKeepAliveSessionWakesForAnExternalEvent() throws Exception {
        Session session = idle("a");
        fixture().agent(Seen.ECHO);
        Watch watch = watch(session);

        session.sendExternalEvent(ExternalEvent.genericJson("deploy_complete", Json.NULL));

        assertThat(watch.completed(watch.admitted("deploy_complete").input().id())
                        .text())
                .isEqualTo("deploy_complete");
    }

    @Test
    @Requires({Capability.PEER_NAMES, Capability.REALM_TRUST})
    @Needs(Detail.SCRIPTED_AGENT)
    public void anIdleKeepAliveSessionWakesForAPeerMessage() throws Exception {
        Session sender = idle("a");
        Session session = idle("b");
        fixture().agent(Seen.ECHO);
        Watch watch = watch(session);

        sender.send(CommsCommand.PeerMessage.to("b", "hello"));

        assertThat(watch.completed(watch.admitted("hello").input().id()).text()).isEqualTo("hello");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void withoutKeepAliveWorkWaitsForTheNextExplicitTurn() throws Exception {
        Session sleeper = idle(SessionSpec.ofPrompt("start").withCommsName("sleeper"));
        Session other = idle("other");
        fixture().agent(Seen.ECHO);

        sleeper.send(CommsCommand.Input.of("input"));
        sleeper.sendExternalEvent(ExternalEvent.genericJson("event", Json.NULL));
        // A whole turn elsewhere: what would wake wrongly has its chance to.
        handled(other, "elsewhere");
        Turn turn = sleeper.startTurn("go");

        assertThat(completed(turn).text()).isEqualTo("input event go");
        assertLogged(sleeper, SessionEvent.TurnStarted.class, 2);
    }

    @Test
    public void aSessionWithoutANameTakesExplicitTurns() throws Exception {
        Session session = idle(SessionSpec.ofPrompt("start"));
        echo();

        assertThat(completed(session.startTurn("first")).text()).isEqualTo(echoed("first"));
        assertThat(completed(session.startTurn("second")).text()).isEqualTo(echoed("second"));
        assertThat(Seen.inputs(session)).containsExactly("start", "first", "second");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.DEFERRED})
    public void aDeferredKeepAliveSessionWakesForItsFirstInputAndBeginsWithItsPrompt() throws Exception {
        fixture().agent(Seen.ECHO);
        Session session = meerkat()
                .create(SessionSpec.ofPrompt("prompt").withKeepAliveAs("a").withDeferredStart());

        assertThat(handled(session, "work")).isEqualTo("prompt work");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.DEFERRED})
    public void aSessionIsRunningDuringATurnAndIdleBeforeItsFirst() throws Exception {
        Session deferred = meerkat()
                .create(SessionSpec.ofPrompt("prompt").withKeepAliveAs("a").withDeferredStart());
        assertThat(deferred.snapshot().state()).isEqualTo(SessionSnapshot.State.IDLE);

        Session busy = idle("b");
        Gate gate = hold(busy);
        assertThat(busy.snapshot().state()).isEqualTo(SessionSnapshot.State.RUNNING);
        gate.open();
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void workThatComesWhileATurnRunsIsHandledByALaterTurnWithoutFurtherAction() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);

        InputId input = session.send(CommsCommand.Input.of("meanwhile")).inputId();
        gate.open();

        assertThat(watch.completed(input).text()).isEqualTo("meanwhile");
        assertThat(Seen.turns(session)).containsExactly(List.of("hold"), List.of("meanwhile"));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.KEEP_ALIVE_CHANGE})
    public void aSessionThatIsNoLongerKeptAliveLetsWorkWaitUntilItIsAgain() throws Exception {
        Session session = idle("a");
        Session other = idle("b");
        fixture().agent(Seen.ECHO);
        session.changeKeepAlive(false);
        assertThat(session.snapshot().keepAlive()).isFalse();

        InputId input = session.send(CommsCommand.Input.of("waits")).inputId();
        handled(other, "elsewhere");
        assertThat(Seen.turns(session)).isEmpty();
        session.changeKeepAlive(true);

        assertThat(session.snapshot().keepAlive()).isTrue();
        assertThat(watch(session).completed(input).text()).isEqualTo("waits");
        assertThat(handled(session, "later")).isEqualTo("later");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.KEEP_ALIVE_CHANGE})
    public void whetherItIsKeptAliveIsKnownAfterARestart() throws Exception {
        Session asleep = idle("a");
        Session awake = idle(SessionSpec.ofPrompt("start").withCommsName("b"));
        fixture().agent(Seen.ECHO);
        asleep.changeKeepAlive(false);
        awake.changeKeepAlive(true);
        asleep.send(CommsCommand.Input.of("waits"));

        fixture().restart();

        assertThat(handled(again(awake), "work")).isEqualTo("work");
        assertThat(Seen.turns(again(asleep))).isEmpty();
        assertThat(completed(again(asleep).startTurn("go on")).text()).isEqualTo("waits go on");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.KEEP_ALIVE_CHANGE})
    public void itChangesWhileATurnRuns() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        session.changeKeepAlive(false);
        session.send(CommsCommand.Input.of("waits"));
        gate.open();

        assertThat(completed(session.startTurn("prompt")).text()).isEqualTo("waits prompt");
        assertThat(session.snapshot().keepAlive()).isFalse();
    }

    @Test
    @Needs(Detail.KEEP_ALIVE_CHANGE)
    public void onlyASessionWithANameThatIsNotArchivedIsKeptAlive() throws Exception {
        Session nameless = idle(SessionSpec.ofPrompt("start"));
        assertThatExceptionOfType(InvalidFieldException.class)
                .isThrownBy(() -> nameless.changeKeepAlive(true))
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("keep_alive"));
        nameless.changeKeepAlive(false);
        assertThat(nameless.snapshot().keepAlive()).isFalse();

        Session archived = idle("a");
        archived.archive();
        assertThatExceptionOfType(SessionArchivedException.class).isThrownBy(() -> archived.changeKeepAlive(false));
    }
}
