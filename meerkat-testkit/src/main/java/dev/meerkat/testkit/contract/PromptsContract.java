package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.testkit.Gate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Prompts carry more than text, can be taken back, and tell which turn they started. */
public abstract class PromptsContract extends ContractChapter {
    private static final List<ContentBlock> BLOCKS = List.of(new ContentBlock.Image("image/png", "iVBORw0KGgo="));

    /** For subclasses. */
    protected PromptsContract() {}

    @Test
    public void theBlocksOfAPromptAreInTheTranscript() throws Exception {
        Session session = idle(SessionSpec.ofPrompt(new InputBody.Prompt("first look", BLOCKS)));

        completed(session.startTurn(new InputBody.Prompt("second look", BLOCKS)));

        if (told(Detail.IMAGES_SHOWN)) {
            assertThat(prompts(session))
                    .containsExactly(
                            new InputBody.Prompt("first look", BLOCKS), new InputBody.Prompt("second look", BLOCKS));
        } else {
            assertThat(prompts(session))
                    .allSatisfy(prompt ->
                            assertThat(((InputBody.Prompt) prompt).blocks()).hasSize(1))
                    .extracting(prompt -> ((InputBody.Prompt) prompt).text())
                    .containsExactly("first look", "second look");
        }
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theAgentGetsTheBlocksOfAPrompt() throws Exception {
        Session session = idle("a");
        Queue<InputBody> got = new ConcurrentLinkedQueue<>();
        fixture().agent(turn -> {
            turn.inputs().forEach(input -> got.add(input.body()));
            return "ok";
        });

        completed(session.startTurn(new InputBody.Prompt("look", BLOCKS)));

        assertThat(got).containsExactly(new InputBody.Prompt("look", BLOCKS));
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theAgentGetsInstructionsAndTheTranscriptShowsThemBeforeTheirPrompt() throws Exception {
        Queue<List<String>> got = new ConcurrentLinkedQueue<>();
        fixture().agent(turn -> {
            turn.inputs().forEach(input -> got.add(((InputBody.Prompt) input.body()).instructions()));
            return "ok";
        });
        Session session =
                idle(SessionSpec.ofPrompt(new InputBody.Prompt("first", List.of(), List.of("Be brief.", ""))));

        completed(session.startTurn(new InputBody.Prompt("second", List.of(), List.of("In French."))));
        completed(session.startTurn("third"));

        assertThat(got).containsExactly(List.of("Be brief.", ""), List.of("In French."), List.of());
        List<String> shown = List.of(
                "system Be brief.", "system ", "prompt first", "system In French.", "prompt second", "prompt third");
        assertThat(systemAndPrompts(session)).isEqualTo(shown);
        fixture().restart();
        assertThat(systemAndPrompts(again(session))).isEqualTo(shown);
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.DEFERRED})
    public void aDeferredSessionKeepsItsInstructionsOverARestart() throws Exception {
        Session session = meerkat()
                .create(SessionSpec.ofPrompt(new InputBody.Prompt("first", List.of(), List.of("Be brief.")))
                        .withDeferredStart());
        fixture().restart();
        fixture()
                .agent(turn -> turn.inputs().stream()
                        .flatMap(input -> input.body() instanceof InputBody.Prompt prompt
                                ? prompt.instructions().stream()
                                : Stream.empty())
                        .collect(Collectors.joining()));

        assertThat(completed(again(session).startTurn("second")).text()).isEqualTo("Be brief.");
    }

    private static List<String> systemAndPrompts(Session session) throws InterruptedException {
        return Seen.transcript(session).stream()
                .flatMap(entry -> {
                    if (entry instanceof TranscriptEntry.SystemPrompt system) {
                        return Stream.of("system " + system.text());
                    }
                    return entry instanceof TranscriptEntry.Input input
                                    && input.input().body() instanceof InputBody.Prompt prompt
                            ? Stream.of("prompt " + prompt.text())
                            : Stream.empty();
                })
                .toList();
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aRunningPromptThatIsTakenBackEndsInterruptedAndTheNextTurnIsNotHit() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            if (Seen.texts(turn.inputs()).contains("work")) {
                turn.emit("so far");
                gate.pass();
            }
            return turn.interrupted() ? "hit" : "ok";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        Turn next = session.startTurn("next");

        turn.cancel();

        assertThat(ended(turn))
                .isInstanceOfSatisfying(
                        TurnOutcome.Interrupted.class,
                        end -> assertThat(end.text()).isEqualTo(told(Detail.PARTIAL_ANSWERS) ? "so far" : ""));
        assertThat(completed(next).text()).isEqualTo("ok");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.PROMPT_IDS})
    public void aWaitingPromptThatIsTakenBackNeverReachesTheAgentAndTakesNothingWithIt() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        Turn before = session.startTurn("before");
        Turn taken = session.startTurn("taken back");
        session.send(CommsCommand.Input.of("input"));
        Turn after = session.startTurn("after");

        taken.cancel();
        taken.cancel();
        gate.open();

        TurnOutcome.Interrupted end = (TurnOutcome.Interrupted) ended(taken);
        assertThat(end.text()).isEmpty();
        assertThat(completed(before).text()).isEqualTo("before");
        assertThat(completed(after).text()).contains("after").doesNotContain("taken back");
        assertThat(Seen.turns(session)).contains(List.of("taken back"));
        assertThat(session.inputStatus(taken.inputId().orElseThrow()).map(InputStatus::state))
                .contains(InputStatus.State.CONSUMED);
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.INPUT_EVENTS})
    public void promptsThatWaitGetATurnAndAnAnswerEach() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        Turn first = session.startTurn("first");
        session.send(CommsCommand.Input.of("message"));
        Turn second = session.startTurn("second");
        Turn third = session.startTurn("third");
        gate.open();

        assertThat(List.of(
                        completed(first).text(),
                        completed(second).text(),
                        completed(third).text()))
                .containsExactly("first message", "second", "third");
        assertThat(List.of(
                        ended(first).turnId(),
                        ended(second).turnId(),
                        ended(third).turnId()))
                .doesNotHaveDuplicates();
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.INPUT_EVENTS})
    public void takingARunningPromptBackGivesBackWhatItsTurnHadTakenUpForOthers() throws Exception {
        Session session = idle("a");
        Session peer = idle("b");
        Gate held = hold(session);
        ExternalEvent alert = ExternalEvent.genericJson("alert", Json.NULL).withIdempotencyKey("1");
        InputId message = session.send(CommsCommand.Input.of("message")).inputId();
        InputId event = ((EventOutcome.Accepted) session.sendExternalEvent(alert))
                .inputId()
                .orElseThrow();
        Turn taken = session.startTurn("taken back");
        Turn next = session.startTurn("next");
        Gate working = gate();
        fixture().agent(turn -> {
            List<String> texts = Seen.texts(turn.inputs());
            if (texts.contains("message")) {
                turn.comms().send(CommsCommand.PeerMessage.to("b", "about " + texts));
            }
            if (texts.contains("taken back")) {
                turn.tool("look", Json.NULL, key -> Json.NULL);
                working.pass();
            }
            return Seen.ECHO.answer(turn);
        });
        held.open();
        working.awaitReached(PATIENCE);

        taken.cancel();

        assertThat(ended(taken)).isInstanceOf(TurnOutcome.Interrupted.class);
        assertThat(completed(next).text()).isEqualTo("message alert next");
        assertThat(watch(session).completed(message).text()).isEqualTo("message alert next");
        assertThat(watch(session).completed(event).text()).isEqualTo("message alert next");
        assertThat(session.sendExternalEvent(alert)).isInstanceOf(EventOutcome.Duplicate.class);
        assertThat(Seen.turns(session))
                .containsExactly(List.of("hold"), List.of("taken back"), List.of("message", "alert", "next"));
        assertThat(watch(peer).admitted("about [message, alert, next]")).isNotNull();
        assertThat(Seen.log(session, SessionEvent.PeerSent.class)).hasSize(1);
        assertThat(Seen.log(session, SessionEvent.ToolCalled.class)).hasSize(1);
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.INPUT_EVENTS})
    public void whatACommittedStepHasConsumedStaysConsumedWhenThePromptIsTakenBack() throws Exception {
        Session session = idle("a");
        Gate held = hold(session);
        session.send(CommsCommand.Input.of("message"));
        Turn taken = session.startTurn("taken back");
        Gate working = gate();
        fixture().agent(turn -> {
            turn.safePoint();
            working.pass();
            return "ok";
        });
        held.open();
        working.awaitReached(PATIENCE);
        InputId steered = session.send(CommsCommand.Input.of("steered").withHandlingMode(HandlingMode.STEER))
                .inputId();
        fixture().agent(Seen.ECHO);

        taken.cancel();

        assertThat(ended(taken)).isInstanceOf(TurnOutcome.Interrupted.class);
        assertThat(watch(session).completed(steered).text()).isEqualTo("steered");
        assertThat(Seen.turns(session))
                .containsExactly(List.of("hold"), List.of("message", "taken back"), List.of("steered"));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.INPUT_EVENTS, Detail.CRASH})
    public void whatGoesBackWhenAPromptIsTakenBackIsThereAfterARestartAndACrash() throws Exception {
        Session session = idle(SessionSpec.ofPrompt("start").withCommsName("a"));
        InputId message = session.send(CommsCommand.Input.of("message")).inputId();
        ExternalEvent alert = ExternalEvent.genericJson("alert", Json.NULL).withIdempotencyKey("1");
        session.sendExternalEvent(alert);
        Gate working = gate();
        fixture().agent(turn -> {
            working.pass();
            return "ok";
        });
        Turn taken = session.startTurn("taken back");
        working.awaitReached(PATIENCE);

        taken.cancel();
        assertThat(ended(taken)).isInstanceOf(TurnOutcome.Interrupted.class);
        fixture().restart();
        fixture().crash();
        fixture().agent(Seen.ECHO);
        Session again = again(session);

        assertThat(again.inputStatus(message).map(InputStatus::state)).contains(InputStatus.State.QUEUED);
        assertThat(again.sendExternalEvent(alert)).isInstanceOf(EventOutcome.Duplicate.class);
        assertThat(completed(again.startTurn("go")).text()).isEqualTo("message alert go");
    }

    @Test
    public void takingAPromptBackAfterItsTurnDoesNothing() throws Exception {
        Session session = idle("a");
        echo();
        Turn turn = session.startTurn("work");
        TurnOutcome outcome = completed(turn);

        turn.cancel();

        assertThat(ended(turn)).isEqualTo(outcome);
        assertThat(completed(session.startTurn("next")).text()).isEqualTo(echoed("next"));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.CLOCK})
    public void aPromptThatWaitsForItsNextAttemptIsTakenBack() throws Exception {
        Session session = idle("a");
        Queue<String> calls = new ConcurrentLinkedQueue<>();
        fixture().agent(turn -> {
            calls.add("call");
            throw new IllegalStateException("fails");
        });
        Turn turn = session.startTurn("work");
        watch(session).await(SessionEvent.TurnFailed.class);

        turn.cancel();
        fixture().advance(MeerkatFixture.RETRY_DELAY.multipliedBy(2));

        assertThat(ended(turn)).isInstanceOf(TurnOutcome.Interrupted.class);
        assertThat(calls).hasSize(1);
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.PROMPT_IDS})
    public void aSnapshotTellsWhichTurnRuns() throws Exception {
        Session session = idle("a");
        assertThat(session.snapshot().runningTurn()).isEmpty();
        Gate gate = gate();
        fixture().agent(turn -> {
            gate.pass();
            return turn.session().runningTurn().map(TurnId::toString).orElse("none");
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        TurnId running = session.snapshot().runningTurn().orElseThrow();
        gate.open();

        assertThat(completed(turn)).isEqualTo(new TurnOutcome.Completed(running, running.toString()));
        assertThat(session.snapshot().runningTurn()).isEmpty();
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.PROMPT_IDS})
    public void anInterruptByIdStopsThatTurnOnly() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            gate.pass();
            return "ok";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        TurnId running = session.snapshot().runningTurn().orElseThrow();

        assertThat(session.interrupt(new TurnId(new UUID(1, 2)))).isEqualTo(new InterruptOutcome.Idle());
        assertThat(turn.await(Duration.ZERO)).isEmpty();
        assertThat(session.interrupt(running)).isEqualTo(new InterruptOutcome.Stopped(running));

        assertThat(ended(turn)).isEqualTo(new TurnOutcome.Interrupted(Optional.of(running), ""));
        gate.open();
        assertThat(completed(session.startTurn("next")).text()).isEqualTo("ok");
        assertThat(session.interrupt(running)).isEqualTo(new InterruptOutcome.Idle());
    }

    private List<InputBody> prompts(Session session) throws InterruptedException {
        return said(session).stream()
                .filter(TranscriptEntry.Input.class::isInstance)
                .map(entry -> ((TranscriptEntry.Input) entry).input().body())
                .toList();
    }
}
