package dev.meerkat.store.sqlite.kill;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The process that is killed as soon as it says that an input is set aside. It never ends by itself. */
public final class SetAsideChild {
    static final String NAME = "a";
    static final String SAYS = "set aside";

    private SetAsideChild() {}

    /**
     * Runs until it is killed.
     *
     * @param args the store's file
     * @throws Exception whatever goes wrong; the parent sees the exit
     */
    public static void main(String[] args) throws Exception {
        SessionStore store = SqliteStore.open(Path.of(args[0]));
        RuntimeListener listener = new RuntimeListener() {
            @Override
            public void on(RuntimeEvent event) {
                if (event instanceof RuntimeEvent.Retried retried && retried.setAside()) {
                    System.out.println(SAYS);
                }
            }
        };
        Meerkat meerkat = open(store, true, listener);
        Session session = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs(NAME));
        if (session.initialTurn().orElseThrow().await(Duration.ofSeconds(60)).isEmpty()) {
            throw new IllegalStateException("the first turn did not end");
        }
        session.sendExternalEvent(ExternalEvent.genericJson("event", Json.NULL).withIdempotencyKey("k"));
        // All other threads are daemons.
        new CountDownLatch(1).await();
    }

    static Meerkat open(SessionStore store, boolean failing, RuntimeListener listener) {
        RetryPolicy.InPlace once = new RetryPolicy.InPlace(1, Duration.ofSeconds(1), Duration.ofSeconds(1));
        RetryPolicy.SetAside aside =
                new RetryPolicy.SetAside(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofDays(1));
        return MeerkatRuntime.of(turn -> {
                    if (failing && turn.inputs().get(0).body() instanceof InputBody.External) {
                        throw new IllegalStateException("poison");
                    }
                    return "ok";
                })
                .store(store)
                .retry(new RetryPolicy(once, once, aside))
                .listener(listener)
                .open();
    }
}
