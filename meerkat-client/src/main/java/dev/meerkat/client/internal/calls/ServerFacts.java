package dev.meerkat.client.internal.calls;

import dev.meerkat.api.Capabilities;
import dev.meerkat.client.internal.wire.ContractVersion;

/**
 * What the server said of itself.
 *
 * @param contract the contract version
 * @param capabilities what can be done through this surface of it
 * @param takesNames whether it resolves the names of recipients itself
 */
public record ServerFacts(ContractVersion contract, Capabilities capabilities, boolean takesNames) {
    /** A server that takes ids only. */
    public ServerFacts(ContractVersion contract, Capabilities capabilities) {
        this(contract, capabilities, false);
    }
}
