package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Secret;
import java.util.Optional;

/** Lets no call pass before the token was shown. Calls come from one thread. */
final class TokenGate {
    private static final int TRIES = 3;

    private final Optional<Secret> token;
    private int wrong;
    private volatile boolean open;

    TokenGate(Optional<Secret> token) {
        this.token = token;
        this.open = token.isEmpty();
    }

    /** Whether a call may pass; takes the token out of its parameters. */
    boolean passes(String method, ObjectNode params) {
        if (token.isPresent() && method.equals("initialize")) {
            String shown = params.path("token").textValue();
            params.remove("token");
            if (token.get().is(shown)) {
                open = true;
            } else if (!open) {
                wrong++;
            }
        }
        return open;
    }

    boolean isOpen() {
        return open;
    }

    /** Whether there were so many wrong tokens that the connection ends. */
    boolean exhausted() {
        return wrong >= TRIES;
    }
}
