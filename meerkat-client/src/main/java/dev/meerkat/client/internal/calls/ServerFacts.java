package dev.meerkat.client.internal.calls;

import dev.meerkat.api.Capabilities;
import dev.meerkat.wire.ContractVersion;

/**
 * What the server said of itself.
 *
 * @param contract the contract version
 * @param capabilities what can be done through this surface of it
 * @param takesNames whether it resolves the names of recipients itself
 * @param liveBesideLog whether what is live is in its feeds only, and these count as the log does
 * @param api whether it has the calls of {@link dev.meerkat.wire.internal.form.ApiCall}
 */
public record ServerFacts(
        ContractVersion contract, Capabilities capabilities, boolean takesNames, boolean liveBesideLog, boolean api) {
    /** A server that takes ids only, and whose log has everything. */
    public ServerFacts(ContractVersion contract, Capabilities capabilities) {
        this(contract, capabilities, false, false, false);
    }
}
