package dev.meerkat.client.internal.rpc;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.client.CallbackTool;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a client is set up with, whatever the channel.
 *
 * @param timeouts how long it waits
 * @param limits how much it takes in
 * @param tools what the server's agents may call
 */
public record RpcSetup(ClientTimeouts timeouts, ClientLimits limits, List<CallbackTool> tools) {
    /** The defaults, without tools. */
    public static final RpcSetup DEFAULT = new RpcSetup(ClientTimeouts.defaults(), ClientLimits.defaults(), List.of());

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
        return new RpcSetup(timeouts, limits, tools);
    }

    /** With other limits. */
    public RpcSetup withLimits(ClientLimits limits) {
        return new RpcSetup(timeouts, limits, tools);
    }

    /** With other tools. */
    public RpcSetup withTools(List<CallbackTool> tools) {
        return new RpcSetup(timeouts, limits, tools);
    }
}
