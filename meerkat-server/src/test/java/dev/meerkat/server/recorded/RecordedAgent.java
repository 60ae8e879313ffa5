package dev.meerkat.server.recorded;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.server.ClientTools;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Answers as the model of the recordings did: does what the prompt says, and else answers "ok". Thread-safe. */
final class RecordedAgent implements Agent {
    /** A prompt whose turn goes on until it is released, or stopped. */
    static final String HOLD = "hold";

    private final ClientTools tools = ClientTools.create();
    private final Semaphore released = new Semaphore(0);
    private final Set<SessionId> blocked = ConcurrentHashMap.newKeySet();

    ClientTools tools() {
        return tools;
    }

    /** Whether a session's turn waits for something that only the client can do. */
    boolean isBlocked(SessionId session) {
        return blocked.contains(session);
    }

    /** Lets one held turn go. */
    void release() {
        released.release();
    }

    @Override
    public String answer(TurnContext turn) throws Exception {
        for (var input : turn.inputs()) {
            if (input.body() instanceof InputBody.Prompt prompt) {
                act(turn, prompt.text());
            }
        }
        turn.emit("ok");
        return "ok";
    }

    private void act(TurnContext turn, String prompt) throws Exception {
        SessionId session = turn.session().id();
        switch (prompt) {
            case "fail" -> throw new IllegalStateException("asked to fail");
            // The recorded one was taken back before it began, which no test can time.
            case HOLD, "taken back" ->
                blocked(session, () -> {
                    released.acquire();
                    return Json.EMPTY_OBJECT;
                });
            case "tool clock" -> {
                Json arguments = Json.of(Map.of("zone", "utc"));
                turn.tool(
                        "clock",
                        arguments,
                        key -> blocked(session, () -> tools.call(session, "clock", arguments, key)));
                turn.safePoint();
            }
            default -> {}
        }
    }

    @FunctionalInterface
    private interface Wait {
        Json run() throws InterruptedException;
    }

    private Json blocked(SessionId session, Wait wait) throws InterruptedException {
        blocked.add(session);
        try {
            return wait.run();
        } finally {
            blocked.remove(session);
        }
    }
}
