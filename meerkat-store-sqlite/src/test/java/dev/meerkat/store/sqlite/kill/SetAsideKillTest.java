package dev.meerkat.store.sqlite.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An input that is set aside when its process is killed is tried again by the next one. */
@Timeout(180)
class SetAsideKillTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void anInputThatWasSetAsideIsTriedAgainAfterTheKill() throws Exception {
        Path file = folder.resolve("kill.db");
        Process child = KillTest.start(SetAsideChild.class, file);
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo(SetAsideChild.SAYS);
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        try (SessionStore store = SqliteStore.open(file);
                Meerkat meerkat = SetAsideChild.open(store, false, RuntimeListener.NONE)) {
            Session session = meerkat.open(SetAsideChild.NAME);
            EventOutcome again = session.sendExternalEvent(
                    ExternalEvent.genericJson("event", Json.NULL).withIdempotencyKey("k"));
            assertThat(again).isInstanceOf(EventOutcome.Duplicate.class);
            EventOutcome.Duplicate known = (EventOutcome.Duplicate) again;
            try (EventStream events = session.events(Cursor.START)) {
                SessionEvent event;
                do {
                    event = events.next(PATIENCE).orElseThrow();
                } while (!(event instanceof SessionEvent.InputConsumed consumed
                        && consumed.inputs().contains(known.inputId())));
            }
            InputStatus status = session.inputStatus(known.inputId()).orElseThrow();
            assertThat(status.state()).isIn(InputStatus.State.STAGED, InputStatus.State.CONSUMED);
            assertThat(status.attempts()).isGreaterThan(1);
        }
    }
}
