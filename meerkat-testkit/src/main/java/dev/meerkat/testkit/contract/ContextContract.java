package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.ContextNote;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.testkit.Gate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Context is added to the transcript, without a turn, and once under its key. */
public abstract class ContextContract extends ContractChapter {
    private static final ContextNote KEYED =
            ContextNote.of("The freeze ends on Friday.").withIdempotencyKey("freeze-17");

    /** For subclasses. */
    protected ContextContract() {}

    @Test
    public void aTextIsAddedToTheTranscriptWithoutATurn() throws Exception {
        Session session = idle("a");
        List<TranscriptEntry> before = Seen.transcript(session);

        assertThat(session.injectContext(ContextNote.of("It rains."))).isTrue();

        List<TranscriptEntry> after = Seen.transcript(session);
        assertThat(after.subList(0, before.size())).isEqualTo(before);
        assertShown(texts(after.subList(before.size(), after.size())), "It rains.");
        echo();
        assertThat(handled(session, "later")).isEqualTo(echoed("later"));
    }

    @Test
    public void withoutAKeyTheSameTextIsAddedEachTime() throws Exception {
        Session session = idle("a");

        assertThat(session.injectContext(ContextNote.of("again"))).isTrue();
        assertThat(session.injectContext(ContextNote.of("again"))).isTrue();

        assertShown(texts(said(session)), "again", "again");
    }

    @Test
    public void underAKeyATextIsAddedOnceAndAnotherOneIsRefused() throws Exception {
        Session session = idle("a");
        assertThat(session.injectContext(KEYED)).isTrue();

        assertThat(session.injectContext(KEYED)).isFalse();
        assertThatExceptionOfType(NotDoneException.class)
                .isThrownBy(
                        () -> session.injectContext(ContextNote.of("Another.").withIdempotencyKey("freeze-17")))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("input_idempotency_conflict"));

        assertShown(texts(said(session)), KEYED.text());
    }

    @Test
    @Needs(Detail.JSON_CONTEXTS)
    public void aTextThatIsJsonIsTheSameInAnyOrderAndSpelling() throws Exception {
        Session session = idle("a");
        String first = "{\"release\":\"4.2\",\"load\":[1e-7,{\"a\":1,\"b\":2}]}";
        assertThat(session.injectContext(ContextNote.of(first).withIdempotencyKey("json")))
                .isTrue();

        for (String same : List.of(
                "{\"load\":[0.0000001,{\"b\":2.0,\"a\":1}],\"release\":\"4.2\"}",
                "{\n  \"load\": [1E-7, {\"b\": 2, \"a\": 1}],\n  \"release\": \"\\u0034.2\"\n}")) {
            assertThat(session.injectContext(ContextNote.of(same).withIdempotencyKey("json")))
                    .isFalse();
        }
        assertThatExceptionOfType(NotDoneException.class)
                .isThrownBy(() -> session.injectContext(
                        ContextNote.of(first.replace("4.2", "4.3")).withIdempotencyKey("json")));
        assertShown(texts(said(session)), first);
    }

    @Test
    public void aKeyIsKnownAfterARestart() throws Exception {
        Session session = idle("a");
        session.injectContext(KEYED);

        fixture().restart();

        assertThat(again(session).injectContext(KEYED)).isFalse();
        assertShown(texts(said(again(session))), KEYED.text());
        assertThat(again(session).injectContext(ContextNote.of("New."))).isTrue();
    }

    @Test
    public void anArchivedSessionTakesNone() throws Exception {
        Session session = idle("a");
        session.archive();

        assertThatExceptionOfType(SessionArchivedException.class).isThrownBy(() -> session.injectContext(KEYED));
    }

    @Test
    public void aTextMayBeEmptyOrBlank() throws Exception {
        Session session = idle("a");

        assertThat(session.injectContext(ContextNote.of(""))).isTrue();
        assertThat(session.injectContext(ContextNote.of(" \n"))).isTrue();

        assertShown(texts(said(session)), "", " \n");
    }

    @Test
    public void aBlankKeyIsRefused() {
        assertThatExceptionOfType(InvalidFieldException.class)
                .isThrownBy(() -> KEYED.withIdempotencyKey(""))
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("idempotency_key"));
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aRunningTurnGoesOnAndFindsTheText() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            gate.pass();
            return texts(turn.history(0, 100).entries()).toString();
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        assertThat(session.injectContext(KEYED)).isTrue();
        assertThat(texts(Seen.transcript(session))).containsExactly(KEYED.text());
        gate.open();

        assertThat(completed(turn).text()).isEqualTo(List.of(KEYED.text()).toString());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theSourceOfATextReachesTheAgent() throws Exception {
        Session session = idle("a");
        session.injectContext(new ContextNote("It rains.", Optional.of("weather"), Optional.empty()));
        session.injectContext(ContextNote.of("It snows."));
        fixture()
                .agent(turn -> turn.history(0, 100).entries().stream()
                        .filter(TranscriptEntry.SystemPrompt.class::isInstance)
                        .map(entry ->
                                ((TranscriptEntry.SystemPrompt) entry).source().orElse("none"))
                        .toList()
                        .toString());

        assertThat(handled(session, "work")).isEqualTo("[weather, none]");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void anAgentAddsToItsOwnSession() throws Exception {
        Session session = idle("a");
        fixture().agent(turn -> String.valueOf(session.injectContext(KEYED)));

        assertThat(handled(session, "work")).isEqualTo("true");
        assertThat(handled(session, "work")).isEqualTo("false");
        assertThat(texts(Seen.transcript(session))).containsExactly(KEYED.text());
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.CRASH})
    public void aTurnThatWasAddedToGoesOnAfterACrash() throws Exception {
        Session session = idle("a");
        hold(session);
        session.injectContext(ContextNote.of("one"));
        session.injectContext(KEYED);
        fixture().agent(Seen.ECHO);

        fixture().crash();

        assertThat(completed(again(session).startTurn("next"))).isNotNull();
        if (told(Detail.TURN_IDS)) {
            assertThat(Seen.turns(again(session))).containsExactly(List.of("hold"), List.of("next"));
        }
        assertThat(texts(Seen.transcript(again(session)))).containsExactly("one", KEYED.text());
        assertThat(again(session).injectContext(KEYED)).isFalse();
    }

    @Test
    @Needs(Detail.CONTEXT_SHOWN)
    public void manyAtOnceAreEachAddedOnceWhileTurnsRun() throws Exception {
        Session session = idle("a");
        echo();
        List<Future<Boolean>> added = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ContextNote note = ContextNote.of("note").withIdempotencyKey("k" + i % 20);
            added.add(async(() -> session.injectContext(note)));
            if (i % 10 == 0) {
                assertThat(ended(session.startTurn("work " + i))).isInstanceOf(TurnOutcome.Completed.class);
            }
        }

        int times = 0;
        for (Future<Boolean> one : added) {
            times += one.get() ? 1 : 0;
        }
        assertThat(times).isEqualTo(20);
        assertShown(texts(said(session)), Collections.nCopies(20, "note").toArray(String[]::new));
        assertThat(Seen.times(session, "work 30")).isEqualTo(1);
    }

    private void assertShown(List<String> shown, String... added) {
        assertThat(shown).isEqualTo(told(Detail.CONTEXT_SHOWN) ? List.of(added) : List.of());
    }

    /** The system rows among entries. */
    private static List<String> texts(List<TranscriptEntry> entries) {
        return entries.stream()
                .filter(TranscriptEntry.SystemPrompt.class::isInstance)
                .map(entry -> ((TranscriptEntry.SystemPrompt) entry).text())
                .toList();
    }
}
