package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import java.time.Duration;

/** What tests do with a Meerkat. */
final class Sessions {
    private static final Duration GUARD = Duration.ofSeconds(60);

    private Sessions() {}

    /** The text that a new session's agent answers its first prompt with. */
    static String ask(Meerkat meerkat, SessionSpec spec) {
        return text(first(meerkat, spec));
    }

    static TurnOutcome first(Meerkat meerkat, SessionSpec spec) {
        try {
            Session session = meerkat.create(spec);
            return session.initialTurn().orElseThrow().await(GUARD).orElseThrow();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static String ask(Session session, String prompt) {
        try {
            return text(session.startTurn(prompt).await(GUARD).orElseThrow());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(TurnOutcome outcome) {
        return ((TurnOutcome.Completed) outcome).text();
    }
}
