package dev.meerkat.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** An outage of a store is one line of the log, however many sessions it stops. */
class StoreWarningsTest {
    private static final String WHAT = "it cannot be read now";

    private final List<String> warned = new ArrayList<>();
    private final Logger log = (Logger) Proxy.newProxyInstance(
            StoreWarningsTest.class.getClassLoader(), new Class<?>[] {Logger.class}, (self, method, arguments) -> {
                if (method.getName().equals("warn")) {
                    warned.add(((Object[]) arguments[1])[0].toString());
                }
                return null;
            });
    private final StoreWarnings warnings = new StoreWarnings();

    private static SessionId session(int i) {
        return new SessionId(new UUID(0, i));
    }

    private void fail(int session, String reason) {
        warnings.failed(log, session(session), WHAT, new StoreException(reason, null));
    }

    @Test
    void whatFailsAllSessionsForOneReasonIsToldOnceUntilAStepIsStored() {
        for (int i = 0; i < 100; i++) {
            fail(i, "no connection within " + (5_000 + i) + " ms");
        }
        assertThat(warned).containsExactly(session(0).toString());

        warnings.stored();
        fail(7, "no connection within 5000 ms");

        assertThat(warned).containsExactly(session(0).toString(), session(7).toString());
    }

    @Test
    void anotherReasonIsToldToo() {
        fail(1, "no connection");
        fail(2, "a damaged row");
        warnings.failed(log, session(3), "a step was not committed", new StoreException("no connection", null));

        assertThat(warned)
                .containsExactly(
                        session(1).toString(), session(2).toString(), session(3).toString());
    }
}
