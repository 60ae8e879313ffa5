package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatMessage;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.ScriptedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What the chapters on chat agents share: a runtime that can be opened again on one store, and a scripted model. */
abstract class ChatChapter {
    static final Duration PATIENCE = Duration.ofMinutes(2);
    static final Json SCHEMA = Json.parse("{\"type\":\"object\"}");

    final ScriptedModel model = ScriptedModel.create();
    private @Nullable SessionStore store;
    private @Nullable Meerkat meerkat;

    abstract SessionStore newStore();

    /** Closes what runs, as a restart does, and opens a runtime on the same store. */
    Meerkat open(Agent agent) {
        close();
        if (store == null) {
            store = newStore();
        }
        Meerkat opened = MeerkatRuntime.of(agent)
                .store(store)
                .limits(RuntimeLimits.defaults()
                        .withWaits(new RuntimeLimits.Waits(PATIENCE, PATIENCE, Duration.ofMillis(100))))
                .retry(RetryPolicy.inPlace(3, Duration.ofMillis(1), Duration.ofMillis(2)))
                .open();
        meerkat = opened;
        return opened;
    }

    void close() {
        if (meerkat != null) {
            meerkat.close();
            meerkat = null;
        }
    }

    @AfterEach
    void closeAll() {
        close();
        if (store != null) {
            store.close();
        }
    }

    static Session idle(Meerkat meerkat, String name) throws InterruptedException {
        return meerkat.create(SessionSpec.ofPrompt("Hello.")
                .withSystemPrompt("Be brief.")
                .withCommsName(name)
                .withDeferredStart());
    }

    static Session alive(Meerkat meerkat, String name) throws InterruptedException {
        return meerkat.create(SessionSpec.ofPrompt("Hello.")
                .withSystemPrompt("Be brief.")
                .withKeepAliveAs(name)
                .withDeferredStart());
    }

    static TurnOutcome ask(Session session, String prompt) throws InterruptedException {
        return session.startTurn(prompt).await(PATIENCE).orElseThrow();
    }

    static TurnOutcome.Completed completed(TurnOutcome outcome) {
        assertThat(outcome).isInstanceOf(TurnOutcome.Completed.class);
        return (TurnOutcome.Completed) outcome;
    }

    static String last(List<ChatMessage> messages) {
        return messages.get(messages.size() - 1).toString();
    }

    /** The user messages of a request that are notices. */
    static List<Json> notices(List<ChatMessage> messages) {
        return messages.stream()
                .filter(ChatMessage.User.class::isInstance)
                .map(message -> ((ChatMessage.User) message).text())
                .filter(text -> text.startsWith("{\"notice\""))
                .map(Json::parse)
                .toList();
    }

    /** Waits for the so-and-so-many-th event that fits, from the beginning of the log. */
    static SessionEvent event(Session session, int count, Predicate<SessionEvent> fits) throws InterruptedException {
        List<SessionEvent> seen = new ArrayList<>();
        try (EventStream events = session.events(Cursor.START)) {
            int found = 0;
            while (true) {
                Optional<SessionEvent> next = events.next(PATIENCE);
                SessionEvent event = next.orElseThrow(() -> new AssertionError("it did not come after " + seen));
                seen.add(event);
                found += fits.test(event) ? 1 : 0;
                if (found == count) {
                    return event;
                }
            }
        }
    }

    static SessionEvent event(Session session, Class<? extends SessionEvent> type) throws InterruptedException {
        return event(session, 1, type::isInstance);
    }
}
