package dev.meerkat.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The line that each attempt at a turn leaves in the log of an application, and the keys of its thread. */
class TurnLogTest {
    private final Logger turns = (Logger) LoggerFactory.getLogger("dev.meerkat.turns");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing(); // keeps the MDC of this moment
            super.append(event);
        }
    };
    private final Queue<Map<String, String>> seen = new ConcurrentLinkedQueue<>();
    private final Agent agent = turn -> {
        seen.add(MDC.getCopyOfContextMap() == null ? Map.of() : MDC.getCopyOfContextMap());
        return "answer";
    };

    @BeforeEach
    void listen() {
        lines.start();
        turns.addAppender(lines);
    }

    @AfterEach
    void stop() {
        turns.detachAppender(lines);
        turns.setLevel(null);
    }

    private Session ask(Agent answering, SessionSpec spec) throws InterruptedException {
        try (Meerkat meerkat =
                MeerkatRuntime.of(answering).retry(RetryPolicy.none()).open()) {
            Session session = meerkat.create(spec);
            assertThat(session.initialTurn().orElseThrow().await(Duration.ofSeconds(60)))
                    .isPresent();
            return session;
        }
    }

    @Test
    void aTurnLeavesOneLineAndItsThreadHasItsKeys() throws InterruptedException {
        turns.setLevel(Level.INFO);

        Session session = ask(agent, SessionSpec.ofPrompt("hello").withKeepAliveAs("triage"));

        assertThat(seen).singleElement().satisfies(keys -> {
            assertThat(keys).containsOnlyKeys("meerkat.session", "meerkat.session_name", "meerkat.turn");
            assertThat(keys)
                    .containsEntry("meerkat.session", session.id().toString())
                    .containsEntry("meerkat.session_name", "triage");
            assertThat(List.copyOf(lines.list)).singleElement().satisfies(line -> {
                assertThat(line.getLevel()).isEqualTo(Level.INFO);
                assertThat(line.getFormattedMessage())
                        .matches("session triage \\(" + session.id() + "\\): turn " + keys.get("meerkat.turn")
                                + " completed: attempt 1, 1 inputs, \\d+ ms");
                assertThat(line.getMDCPropertyMap()).isEqualTo(keys);
            });
        });
    }

    @Test
    void aSessionWithoutANameAndATurnThatFailsAreToldAsSuch() throws InterruptedException {
        turns.setLevel(Level.INFO);

        ask(
                turn -> {
                    seen.add(MDC.getCopyOfContextMap());
                    throw new IllegalStateException("does not work");
                },
                SessionSpec.ofPrompt("hello"));

        assertThat(seen.element()).containsOnlyKeys("meerkat.session", "meerkat.turn");
        assertThat(List.copyOf(lines.list))
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage())
                        .contains(
                                seen.element().get("meerkat.turn"), " dead_lettered with ", ": attempt 1, 1 inputs, "));
    }

    @Test
    void whereTheLineIsOffThereAreNoKeysEither() throws InterruptedException {
        turns.setLevel(Level.WARN);

        ask(agent, SessionSpec.ofPrompt("hello").withKeepAliveAs("triage"));

        assertThat(seen).containsExactly(Map.of());
        assertThat(lines.list).isEmpty();
    }
}
