package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The transcript: what was said, in order, page by page. */
public abstract class HistoryContract extends ContractChapter {
    /** For subclasses. */
    protected HistoryContract() {}

    @Test
    public void eachTurnAddsItsInputsAndItsAnswer() throws Exception {
        Session session = idle("a");
        if (told(Detail.SCRIPTED_AGENT)) {
            fixture().agent(turn -> "answer to " + Seen.ECHO.answer(turn));
        }
        Turn turn = session.startTurn("question");
        completed(turn);

        List<TranscriptEntry> entries = said(session);

        assertThat(entries).hasSize(4);
        TranscriptEntry.Input input = (TranscriptEntry.Input) entries.get(2);
        TranscriptEntry.Answer answer = (TranscriptEntry.Answer) entries.get(3);
        assertThat(Seen.text(input.input())).isEqualTo("question");
        assertThat(answer.text()).isEqualTo(echoed("answer to question"));
        assertThat(answer.interrupted()).isFalse();
        assertThat(answer.turnId()).isEqualTo(input.turnId());
        if (told(Detail.PROMPT_IDS)) {
            assertThat(input.input().id()).isEqualTo(turn.inputId().orElseThrow());
            assertThat(completed(turn).turnId()).contains(answer.turnId());
        }
    }

    @Test
    public void theSystemPromptIsTheFirstEntry() throws Exception {
        Session session = idle(SessionSpec.ofPrompt("start").withSystemPrompt("Be brief."));

        String first = ((TranscriptEntry.SystemPrompt) Seen.transcript(session).get(0)).text();
        if (told(Detail.BARE_TRANSCRIPT)) {
            assertThat(first).isEqualTo("Be brief.");
        } else {
            assertThat(first).startsWith("Be brief.");
        }
        assertThat(Seen.transcript(session).get(1)).isInstanceOf(TranscriptEntry.Input.class);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void toolCallsAndSentMessagesStandBetweenInputAndAnswer() throws Exception {
        Session session = idle("a");
        idle("b");
        fixture().agent(turn -> {
            turn.tool("look", Json.parse("{\"at\":\"log\"}"), key -> Json.parse("[1]"));
            turn.comms().send(CommsCommand.PeerMessage.to("b", "seen"));
            return "done";
        });

        completed(session.startTurn("work"));

        assertThat(Seen.transcript(session).stream().skip(2))
                .extracting(entry -> entry.getClass().getSimpleName())
                .containsExactly("Input", "Tool", told(Detail.SENT_ENTRIES) ? "Sent" : "Unrecognized", "Answer");
    }

    @Test
    public void pagesTogetherAreTheWhole() throws Exception {
        Session session = fourTurns();
        List<TranscriptEntry> whole = Seen.transcript(session);
        assertThat(whole).hasSize(8 + ownEntries());

        for (int limit = 1; limit <= whole.size() + 1; limit++) {
            List<TranscriptEntry> read = new ArrayList<>();
            HistoryPage page;
            do {
                page = session.history(read.size(), limit);
                assertThat(page.offset()).isEqualTo(read.size());
                assertThat(page.messageCount()).isEqualTo(whole.size());
                assertThat(page.entries()).isNotEmpty().hasSizeLessThanOrEqualTo(limit);
                read.addAll(page.entries());
            } while (page.hasMore());
            assertThat(read).isEqualTo(whole);
        }
    }

    @Test
    public void aPageAfterTheEndIsEmpty() throws Exception {
        Session session = fourTurns();

        int all = 8 + ownEntries();
        for (long offset : new long[] {all, all + 1, Integer.MAX_VALUE + 1L, Long.MAX_VALUE}) {
            HistoryPage page = session.history(offset, 10);
            assertThat(page.entries()).isEmpty();
            assertThat(page.messageCount()).isEqualTo(all);
            assertThat(page.hasMore()).isFalse();
        }
    }

    @Test
    public void aPageOutOfRangeIsRefusedByTheNameOfItsField() throws Exception {
        Session session = idle("a");

        refused("offset", () -> session.history(-1, 10));
        refused("limit", () -> session.history(0, 0));
        refused("limit", () -> session.history(0, -1));
        refused("limit", () -> session.history(0, Limits.PAGE_ROWS + 1));
        assertThat(session.history(0, Limits.PAGE_ROWS).entries()).hasSize(2 + ownEntries());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theAgentReadsTheCommittedTranscript() throws Exception {
        Session session = fourTurns();
        fixture().agent(turn -> {
            HistoryPage last = turn.history(7, 10);
            return last.messageCount() + ": "
                    + ((TranscriptEntry.Answer) last.entries().get(0)).text();
        });

        assertThat(handled(session, "what was said last?")).isEqualTo("8: three");
    }

    @Test
    @Needs(Detail.DEFERRED)
    public void aDeferredSessionHasNoHistoryBeforeItsFirstTurn() throws Exception {
        Session session = meerkat()
                .create(SessionSpec.ofPrompt("start").withKeepAliveAs("a").withDeferredStart());

        assertThat(session.history(0, 10)).isEqualTo(new HistoryPage(List.of(), 0, 0));
    }

    @Test
    public void historyIsTheSameAfterARestart() throws Exception {
        historyIsTheSameAfter(fixture()::restart);
    }

    @Test
    @Needs(Detail.CRASH)
    public void historyIsTheSameAfterACrash() throws Exception {
        historyIsTheSameAfter(() -> {
            fixture().restart();
            fixture().crash();
        });
    }

    private void historyIsTheSameAfter(Runnable interruption) throws Exception {
        Session session = fourTurns();
        List<TranscriptEntry> before = Seen.transcript(session);

        interruption.run();

        assertThat(Seen.transcript(again(session))).isEqualTo(before);
    }

    private Session fourTurns() throws InterruptedException {
        Session session = idle("a");
        echo();
        for (String body : List.of("one", "two", "three")) {
            handled(session, body);
        }
        return session;
    }

    private static void refused(String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatExceptionOfType(InvalidFieldException.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo(field));
    }
}
