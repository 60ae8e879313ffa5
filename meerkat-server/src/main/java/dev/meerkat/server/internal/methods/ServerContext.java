package dev.meerkat.server.internal.methods;

import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Secret;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.ToolHosts;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.webhooks.Webhooks;
import java.util.Optional;

/**
 * What all listeners of a server share.
 *
 * @param calls carries out the calls
 * @param limits the bounds
 * @param workers the threads
 * @param tools which connection's tools serve which session
 * @param memory what waits for clients to read it
 * @param token what every caller by network must show, or empty
 * @param webhookSecret what senders of external events over REST must show, or empty
 * @param webhooks the routes of webhooks, which have verifications of their own, or empty
 */
public record ServerContext(
        Calls calls,
        ServerLimits limits,
        Workers workers,
        ToolHosts tools,
        SendMemory memory,
        Optional<Secret> token,
        Optional<Secret> webhookSecret,
        Optional<Webhooks> webhooks) {}
