package dev.meerkat.core.internal.session;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.store.TurnRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A turn whose end is stored, though the store did not say so to the turn: its callers are told what the
 * transcript says.
 */
record EndedTurn(SessionState session, TurnRecord turn) {
    /** How far back the prompts of earlier rounds of the turn are looked for. */
    private static final int LOOKBACK = 256;

    void tell() {
        long from = Math.max(0, turn.firstEntry() - LOOKBACK);
        List<InputId> prompts = new ArrayList<>();
        @Nullable TurnOutcome outcome = null;
        for (TranscriptEntry entry :
                session.kernel.store.transcript(session.id, from, (int) (session.messageCount() - from))) {
            TurnId id = turn.id();
            if (entry instanceof TranscriptEntry.Input input
                    && input.turnId().equals(id)
                    && input.input().body() instanceof InputBody.Prompt) {
                prompts.add(input.input().id());
            } else if (entry instanceof TranscriptEntry.Answer answer
                    && answer.turnId().equals(id)) {
                outcome = answer.interrupted()
                        ? new TurnOutcome.Interrupted(Optional.of(id), answer.text())
                        : new TurnOutcome.Completed(id, answer.text());
            }
        }
        if (outcome != null) {
            for (InputId prompt : prompts) {
                session.kernel.turns.complete(prompt, outcome);
            }
        }
    }
}
