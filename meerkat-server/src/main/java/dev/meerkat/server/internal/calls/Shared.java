package dev.meerkat.server.internal.calls;

import dev.meerkat.server.ServerLimits;
import java.util.Optional;

/**
 * What all listeners of a server share.
 *
 * @param calls carries out the calls
 * @param limits the bounds
 * @param workers the threads
 * @param tools which connection's tools serve which session
 * @param token what every caller by network must show, or empty
 * @param webhookSecret what senders of external events over REST must show, or empty
 */
public record Shared(
        Calls calls,
        ServerLimits limits,
        Workers workers,
        ToolHosts tools,
        Optional<Secret> token,
        Optional<Secret> webhookSecret) {}
