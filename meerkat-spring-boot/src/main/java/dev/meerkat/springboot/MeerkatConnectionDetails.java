package dev.meerkat.springboot;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * How the server is reached that has the sessions. A bean of this type stands in place of {@code meerkat.server.*}, such as
 * one that a test makes of a server in a container. Thread-safe.
 */
public interface MeerkatConnectionDetails extends ConnectionDetails {
    /**
     * The address of the server's REST surface.
     *
     * @return such as {@code http://127.0.0.1:8080}
     */
    URI url();

    /**
     * The server's bearer token.
     *
     * @return the token, or null if the server asks for none
     */
    default @Nullable String token() {
        return null;
    }
}
