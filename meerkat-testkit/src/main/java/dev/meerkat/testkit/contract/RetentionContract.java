package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Retention;
import dev.meerkat.api.Retention.Keep;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is old goes, by the rule of its session; what is left reads as before. */
@Requires(Capability.RETENTION)
public abstract class RetentionContract extends ContractChapter {
    private static final Duration LOOKED_AT = Duration.ofMinutes(11);

    /** For subclasses. */
    protected RetentionContract() {}

    @Test
    public void aRuleThatMeansNothingIsRefusedByItsField() {
        refused(() -> Keep.FOREVER.withAge(Duration.ofSeconds(59)), "age");
        refused(() -> Keep.FOREVER.withCount(0), "count");
        refused(() -> Keep.FOREVER.withBytes(-1), "bytes");
        refused(() -> Retention.FOREVER.withKeys(Keep.FOREVER.withBytes(1)), "keys.bytes");
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String field) {
        assertThatExceptionOfType(InvalidFieldException.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo(field));
    }

    @Test
    @Needs({Detail.CLOCK, Detail.SCRIPTED_AGENT})
    public void theLogBeginsWithAGapAndTheTranscriptWithAnInput() throws Exception {
        echo();
        Retention rule =
                Retention.FOREVER.withEvents(Keep.FOREVER.withCount(6)).withTranscript(Keep.FOREVER.withCount(3));
        Session session = idle(SessionSpec.ofPrompt("one")
                .withSystemPrompt("be short")
                .withKeepAliveAs("a")
                .withRetention(rule));
        for (String text : List.of("two", "three", "four")) {
            handled(session, text);
        }
        List<SessionEvent> log = Seen.log(session);
        List<TranscriptEntry> transcript = Seen.transcript(session);

        fixture().advance(LOOKED_AT);

        try (EventStream events = session.events(Cursor.START)) {
            SessionEvent first = events.next(PATIENCE).orElseThrow();
            int gone = log.size() - 6;
            assertThat(first).isInstanceOfSatisfying(SessionEvent.Gap.class, gap -> {
                assertThat(gap.cursor()).isEqualTo(new Cursor(gone));
                assertThat(gap.dropped()).hasValue(gone);
            });
            for (SessionEvent event : log.subList(gone, log.size())) {
                assertThat(events.next(PATIENCE)).contains(event);
            }
        }
        HistoryPage page = session.history(0, 100);
        assertThat(page.messageCount()).isEqualTo(transcript.size());
        assertThat(page.entries())
                .isEqualTo(transcript.subList((int) page.offset(), transcript.size()))
                .hasSize(4);
        assertThat(page.entries().get(0)).isInstanceOf(TranscriptEntry.Input.class);
        assertThat(handled(session, "five")).isEqualTo("five");
    }

    @Test
    @Needs(Detail.CLOCK)
    public void whatIsYoungAndAllOfASessionWithoutARuleStays() throws Exception {
        Session kept = idle("a");
        Session ruled = idle(
                SessionSpec.ofPrompt("one").withKeepAliveAs("b").withRetention(Retention.ofAge(Duration.ofDays(1))));
        List<SessionEvent> first = Seen.log(kept);
        List<SessionEvent> second = Seen.log(ruled);

        fixture().advance(Duration.ofHours(23));
        assertThat(Seen.log(kept)).isEqualTo(first);
        assertThat(Seen.log(ruled)).isEqualTo(second);

        fixture().advance(Duration.ofHours(2));
        // A look may have begun when the first of those hours did, before anything was old enough.
        fixture().advance(LOOKED_AT);
        assertThat(Seen.log(kept)).isEqualTo(first);
        try (EventStream events = ruled.events(Cursor.START)) {
            assertThat(events.next(PATIENCE)).containsInstanceOf(SessionEvent.Gap.class);
            assertThat(events.next(PATIENCE)).contains(second.get(second.size() - 1));
        }
    }
}
