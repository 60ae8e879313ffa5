package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.wire.ContractLine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExternalEventsTest {
    /** More than there are workers. */
    private static final int MANY = 500;

    private final CompletableFuture<Void> disk = new CompletableFuture<>();
    private final SessionStore memory = MemoryStore.create();

    private static PendingCall<ObjectNode> start(CallsRig rig, String session) {
        return rig.start(
                "session/external_event",
                "{'session_id':'%s','kind':'generic_json','event_type':'deploy','payload':1}",
                session);
    }

    /** A store whose inputs are on disk when the disk says so. */
    private SessionStore slow() {
        Class<?>[] type = {SessionStore.class};
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(), type, (self, method, args) -> {
                    Object result = called(method, args);
                    return method.getName().equals("append")
                            ? ((CompletionStage<?>) result).thenCombine(disk, (stored, synced) -> stored)
                            : result;
                });
    }

    private Object called(Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(memory, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void holdNoWorkerWhileTheStoreWrites() {
        try (CallsRig rig = new CallsRig(
                ContractLine.V0_9, MeerkatRuntime.of(turn -> "ok").store(slow()).open())) {
            String id = rig.result("session/create", "{'prompt':'Watch.','initial_turn':'deferred'}")
                    .path("session_id")
                    .asText();
            rig.result("session/read", "{'session_id':'%s'}", id);
            List<PendingCall<ObjectNode>> events = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                events.add(start(rig, id));
            }
            assertThat(rig.result("session/read", "{'session_id':'%s'}", id)
                            .path("session_id")
                            .asText())
                    .isEqualTo(id);
            assertThat(events).noneMatch(event -> event.answer().isDone());
            disk.complete(null);
            assertThat(events)
                    .extracting(event ->
                            CallsRig.answer(event).result().path("outcome_type").asText())
                    .hasSize(MANY)
                    .containsOnly("accepted");
        }
    }
}
