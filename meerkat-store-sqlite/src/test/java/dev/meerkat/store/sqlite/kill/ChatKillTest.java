package dev.meerkat.store.sqlite.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed between the call of a tool and the answer of its model. */
class ChatKillTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void noToolIsCalledTwiceAndTheConversationIsTheSame() throws Exception {
        runAndKill();

        try (SessionStore store = SqliteStore.open(folder.resolve("chat.db"));
                Meerkat meerkat = ChatKillChild.open(
                        store, folder, (request, listener) -> ChatKillChild.answering(folder, request, listener));
                EventStream events = meerkat.open(ChatKillChild.SESSION).events(Cursor.START)) {
            SessionEvent event = events.next(PATIENCE).orElseThrow();
            while (!(event instanceof SessionEvent.TurnCompleted)) {
                event = events.next(PATIENCE).orElseThrow();
            }
            assertThat(((SessionEvent.TurnCompleted) event).text()).isEqualTo("All paid.");
        }

        assertThat(Files.readAllLines(folder.resolve("paid"))).containsExactlyInAnyOrder("{\"sum\":7}", "{\"sum\":8}");
        assertThat(Files.readString(folder.resolve("read-by-second")))
                .isEqualTo(Files.readString(folder.resolve("read-by-first")))
                .contains("I pay.", "call_1", "call_2");
    }

    private void runAndKill() throws Exception {
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        KillTest.classPath(),
                        ChatKillChild.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo(ChatKillChild.READING);
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as("killed, not ended by itself").isEqualTo(137);
    }
}
