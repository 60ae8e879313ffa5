package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.*;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StoreSnippetsTest {
    private final Agent agent = turn -> "ok";

    @Test
    void sessionsOutliveTheRuntime(@TempDir Path directory) throws InterruptedException {
        Path file = directory.resolve("sessions.db");
        // snippet: sqlite
        try (SessionStore store = SqliteStore.open(file);
                Meerkat meerkat = MeerkatRuntime.of(agent).store(store).open()) {
            meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
        }
        // end
        try (SessionStore store = SqliteStore.open(file);
                Meerkat meerkat = MeerkatRuntime.of(agent).store(store).open()) {
            // snippet: reopened
            Session session = meerkat.open("agent-a"); // in another process, or after a crash
            // end
            assertThat(session.snapshot().keepAlive()).isTrue();
            assertThat(meerkat.capabilities().has(Capability.DURABLE)).isTrue();
        }
    }
}
