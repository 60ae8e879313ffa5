package dev.meerkat.testkit;

import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.SessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What can be set of a harness before its runtime opens. Confined to the test's thread. */
final class HarnessSettings {
    Supplier<? extends SessionStore> stores = MemoryStores.create();
    RuntimeLimits limits = RuntimeLimits.defaults()
            // No grace: what a test still runs when it closes is interrupted at once.
            .withWaits(new RuntimeLimits.Waits(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ZERO));
    RetryPolicy retry = RetryPolicy.defaults();
    TrustPolicy trust = TrustPolicy.realm();
    PeerTransport transport = PeerTransport.direct();
    final List<RuntimeListener> listeners = new ArrayList<>();

    @Nullable
    Agent agent;

    MeerkatRuntime applyTo(MeerkatRuntime runtime) {
        listeners.forEach(runtime::listener);
        return runtime.limits(limits).retry(retry).trust(trust);
    }
}
