package dev.meerkat.store.postgres;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import java.time.Duration;

/** A process that takes events, tells of each that was acknowledged, and is killed or stopped in the middle. */
public final class KillChild {
    static final Duration LEASE = Duration.ofSeconds(3);

    private KillChild() {}

    /**
     * Runs until it is killed.
     *
     * @param args the schema
     */
    public static void main(String[] args) throws Exception {
        PostgresOptions options =
                PostgresOptions.defaults().withSchema(args[0]).withLease(LEASE).withNodeName("child");
        try (PostgresStore store = PostgresStore.open(TestServer.source(), options);
                Meerkat meerkat = MeerkatRuntime.of(turn -> "ok").store(store).open()) {
            Session session = meerkat.create(SessionSpec.ofPrompt("hi").withKeepAliveAs("a"));
            tell("ready");
            for (int i = 0; ; i++) {
                try {
                    session.sendExternalEvent(
                            ExternalEvent.genericJson("e", Json.of(i)).withIdempotencyKey("k" + i));
                } catch (RuntimeException e) {
                    tell("refused " + e.getClass().getSimpleName());
                    return;
                }
                tell("acknowledged " + i);
            }
        }
    }

    private static void tell(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
