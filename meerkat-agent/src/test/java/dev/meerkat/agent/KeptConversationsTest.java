package dev.meerkat.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KeptConversationsTest {
    private static final TranscriptEntry LAST = new TranscriptEntry.SystemPrompt(Instant.EPOCH, "Be brief.");
    private static final TurnId TURN = new TurnId(new UUID(1, 1));

    private static SessionId session(int number) {
        return new SessionId(new UUID(0, number));
    }

    private static KeptConversations.Kept ofLength(int chars) {
        Conversation conversation = new Conversation();
        conversation.add("x".repeat(chars), List.of());
        return new KeptConversations.Kept(conversation, 1, LAST);
    }

    @Test
    void thoseNotUsedForLongestGoFirst() {
        KeptConversations kept = new KeptConversations(3_500);
        kept.keep(session(1), ofLength(1_000));
        kept.keep(session(2), ofLength(1_000));
        kept.keep(session(3), ofLength(1_000));
        assertThat(kept.of(session(1))).isPresent();

        kept.keep(session(4), ofLength(1_000));

        assertThat(kept.of(session(2))).isEmpty();
        assertThat(kept.of(session(1))).isPresent();
        assertThat(kept.of(session(3))).isPresent();
        assertThat(kept.of(session(4))).isPresent();
    }

    @Test
    void oneThatIsReplacedIsCountedOnceAndOneThatIsTooLongIsNotKept() {
        KeptConversations kept = new KeptConversations(3_500);
        for (int i = 0; i < 10; i++) {
            kept.keep(session(1), ofLength(1_000));
        }
        kept.keep(session(2), ofLength(1_000));
        assertThat(kept.of(session(1))).isPresent();

        kept.keep(session(3), ofLength(10_000));
        assertThat(kept.of(session(3))).isEmpty();
        kept.keep(session(1), ofLength(1_000));
        assertThat(kept.of(session(1))).isPresent();
    }

    @Test
    void itIsContinuedOnlyByEntriesOfTheSameTranscriptThatCompactNothing() {
        KeptConversations.Kept kept = ofLength(10);
        TranscriptEntry more = new TranscriptEntry.Answer(Instant.EPOCH, TURN, "yes", false);

        assertThat(kept.isContinuedBy(List.of(LAST))).isTrue();
        assertThat(kept.isContinuedBy(List.of(LAST, more))).isTrue();
        assertThat(kept.isContinuedBy(List.of())).isFalse();
        assertThat(kept.isContinuedBy(List.of(more))).isFalse();
        assertThat(kept.isContinuedBy(List.of(LAST, new TranscriptEntry.Compacted(Instant.EPOCH, TURN, "sum", 1))))
                .isFalse();
    }
}
