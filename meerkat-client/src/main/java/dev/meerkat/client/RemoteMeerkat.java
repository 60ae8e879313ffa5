package dev.meerkat.client;

import dev.meerkat.api.Meerkat;
import java.util.List;

/**
 * A {@link Meerkat} on a remote server, with what only a server has.
 *
 * <p>Thread-safe. Besides the errors that each method names, every call may throw
 * {@link ServerUnreachableException} (nothing was done), {@link dev.meerkat.api.UnknownOutcomeException}
 * (no answer came, or it cannot be read) and {@link ServerErrorException} (the server says that it
 * failed).
 */
public interface RemoteMeerkat extends Meerkat {
    /**
     * The contract version that the server announced, such as {@code 0.9.8}; {@code contract_version} on
     * the wire.
     *
     * @return the version
     */
    String contractVersion();

    /**
     * Asks the server how it is; {@code GET /health} or {@code runtime/health} on the wire.
     *
     * @return what the server says is wrong, each with a code and a text for people; empty if nothing is
     * @throws InterruptedException if interrupted while waiting
     * @throws ServerUnreachableException if there is no server
     */
    List<String> checkHealth() throws InterruptedException;
}
