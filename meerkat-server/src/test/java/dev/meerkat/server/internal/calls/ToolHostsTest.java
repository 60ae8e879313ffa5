package dev.meerkat.server.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools.Tool;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ToolHostsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final SessionId A = session(1);
    private static final SessionId B = session(2);
    private static final SessionId C = session(3);

    private final ToolHosts hosts = new ToolHosts(2, PATIENCE);

    private static SessionId session(int number) {
        return new SessionId(new UUID(0x0199_aaaa_0000_7000L, 0x8000_0000_0000_0000L + number));
    }

    /** A connection with one tool, which answers its own name. */
    private record Client(String tool) implements ToolHost {
        @Override
        public List<Tool> tools() {
            return List.of(new Tool(tool, "", Json.parse("{}")));
        }

        @Override
        public Json call(SessionId session, String name, Json arguments, String key) {
            return Json.of(name);
        }
    }

    private List<String> names(SessionId session) {
        return hosts.of(session).stream().map(Tool::name).toList();
    }

    @Test
    void ofTooManySessionsTheOneEngagedLeastRecentlyHasNoTools() {
        hosts.bind(A, new Client("a"));
        hosts.bind(B, new Client("b"));
        hosts.bind(A, new Client("a again"));

        hosts.bind(C, new Client("c"));

        assertThat(names(A)).containsExactly("a again");
        assertThat(names(B)).isEmpty();
        assertThat(names(C)).containsExactly("c");
        assertThatExceptionOfType(NotDoneException.class)
                .isThrownBy(() -> hosts.call(B, "b", Json.NULL, "k"))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo("tool_not_found"));
    }

    @Test
    void whenAConnectionIsGoneSoAreItsToolsAndNoOthers() throws Exception {
        Client gone = new Client("gone");
        hosts.bind(A, gone);
        hosts.bind(B, new Client("b"));

        hosts.unbind(gone);

        assertThat(names(A)).isEmpty();
        assertThat(hosts.call(B, "b", Json.NULL, "k")).isEqualTo(Json.of("b"));
    }

    @Test
    void aSessionWhoseConnectionIsNotKnownYetWaitsForThoseThatAreBeingCreatedOnly() throws Exception {
        Runnable created = hosts.creating();
        CompletableFuture<List<String>> waiting = new CompletableFuture<>();
        Thread turn = new Thread(() -> waiting.complete(names(A)));
        turn.start();
        Await.until(() -> turn.getState() == Thread.State.TIMED_WAITING);
        Runnable later = hosts.creating();

        created.run();

        assertThat(waiting.get(30, TimeUnit.SECONDS)).isEmpty();
        later.run();
        assertThat(names(A)).as("nothing is being created").isEmpty();
    }

    @Test
    void theWaitEndsWhenTheSessionIsBoundOrTheThreadInterrupted() throws Exception {
        Runnable created = hosts.creating();
        CompletableFuture<List<String>> bound = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread first = new Thread(() -> bound.complete(names(A)));
        Thread second = new Thread(() -> interrupted.complete(
                names(B).isEmpty() && Thread.currentThread().isInterrupted()));
        first.start();
        second.start();

        hosts.bind(A, new Client("a"));
        second.interrupt();

        assertThat(bound.get(30, TimeUnit.SECONDS)).containsExactly("a");
        assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
        created.run();
    }

    @Test
    void patienceEnds() {
        ToolHosts impatient = new ToolHosts(2, Duration.ofMillis(1));
        Runnable never = impatient.creating();

        assertThat(impatient.of(A)).isEmpty();
        never.run();
    }
}
