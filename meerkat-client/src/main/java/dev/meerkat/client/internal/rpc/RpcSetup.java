package dev.meerkat.client.internal.rpc;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.client.CallbackTool;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client is set up with, whatever the channel. Its text form holds no secret.
 *
 * @param timeouts how long it waits
 * @param limits how much it takes in
 * @param tools what the server's agents may call
 * @param token shown to the server before anything else, or null
 */
public record RpcSetup(
        ClientTimeouts timeouts,
        ClientLimits limits,
        List<CallbackTool> tools,
        @Nullable String token) {
    /** The defaults, without tools and token. */
    public static final RpcSetup DEFAULT =
            new RpcSetup(ClientTimeouts.defaults(), ClientLimits.defaults(), List.of(), null);

    /** Checks and copies. */
    public RpcSetup {
        tools = List.copyOf(tools);
        Set<String> names = new HashSet<>();
        for (CallbackTool tool : tools) {
            if (!names.add(tool.name())) {
                throw new InvalidFieldException("tools", tool.name(), "must not have two of one name");
            }
        }
    }

    /** With other timeouts. */
    public RpcSetup withTimeouts(ClientTimeouts timeouts) {
        return new RpcSetup(timeouts, limits, tools, token);
    }

    /** With other limits. */
    public RpcSetup withLimits(ClientLimits limits) {
        return new RpcSetup(timeouts, limits, tools, token);
    }

    /** With other tools. */
    public RpcSetup withTools(List<CallbackTool> tools) {
        return new RpcSetup(timeouts, limits, tools, token);
    }

    /** With another token. */
    public RpcSetup withToken(String token) {
        return new RpcSetup(timeouts, limits, tools, token);
    }

    @Override
    public String toString() {
        return "RpcSetup[" + timeouts + ", " + limits + ", " + tools.size() + " tools, token "
                + (token == null ? "none" : "set") + "]";
    }
}
