package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TooManySessionsException;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import org.junit.jupiter.api.Test;

/** The sessions that a runtime holds in memory are bounded. */
class ManySessionsTest {
    private static final RuntimeLimits THREE = RuntimeLimits.defaults().withSessions(3);

    private static Meerkat open(SessionStore store, RuntimeLimits limits) {
        return MeerkatRuntime.of(turn -> "ok").store(store).limits(limits).open();
    }

    private static Session create(Meerkat meerkat) throws InterruptedException {
        return meerkat.create(SessionSpec.ofPrompt("hi").withDeferredStart());
    }

    @Test
    void oneMoreIsRefusedWithoutATraceAndThereIsRoomAgainOnceOneIsArchived() throws InterruptedException {
        try (Meerkat meerkat = open(MemoryStore.create(), THREE)) {
            Session first = create(meerkat);
            create(meerkat);
            create(meerkat);

            assertThatThrownBy(() -> create(meerkat))
                    .isInstanceOf(TooManySessionsException.class)
                    .hasMessageContaining("holds 3 sessions");
            assertThat(meerkat.list(SessionQuery.all()).sessions()).hasSize(3);
            assertThat(first.sendExternalEvent(ExternalEvent.genericJson("tick", Json.NULL)))
                    .isInstanceOf(EventOutcome.Accepted.class);

            first.archive();
            create(meerkat);
            assertThat(first.history(0, 10).entries()).isNotNull();
        }
    }

    @Test
    void aStoredSessionThatHasNoRoomIsRefusedByItsIdAndIsThereLater() throws InterruptedException {
        MemoryStore store = MemoryStore.create();
        SessionId stored;
        try (Meerkat meerkat = open(store, THREE)) {
            stored = create(meerkat).id();
        }
        try (Meerkat meerkat = open(store, THREE)) {
            Session one = create(meerkat);
            create(meerkat);
            create(meerkat);

            assertThat(meerkat.list(SessionQuery.all()).sessions()).hasSize(4);
            assertThatThrownBy(() -> meerkat.open(stored))
                    .isInstanceOf(TooManySessionsException.class)
                    .hasMessageContaining(stored.toString());
            one.archive();
            assertThat(meerkat.open(stored).id()).isEqualTo(stored);
        }
    }
}
