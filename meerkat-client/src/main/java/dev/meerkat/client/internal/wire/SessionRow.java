package dev.meerkat.client.internal.wire;

import dev.meerkat.api.Parked;
import dev.meerkat.api.SessionId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server tells of a session: a row of {@code session/list}, or the answer of {@code session/read}.
 *
 * @param id its id
 * @param realm the server's realm, or null if it does not tell
 * @param createdAt when it was created
 * @param messageCount rows of its transcript
 * @param active whether a turn runs; false if the server does not tell
 * @param labels its labels, with {@link OwnLabels} for what the server tells without
 * @param model its model, or empty if the server does not tell
 * @param lastAnswer its newest answer, or empty if there is none or the server does not tell
 * @param parked why it is parked, or empty if it is not or the server does not tell
 */
public record SessionRow(
        SessionId id,
        @Nullable String realm,
        Instant createdAt,
        long messageCount,
        boolean active,
        Map<String, String> labels,
        Optional<String> model,
        Optional<String> lastAnswer,
        Optional<Parked> parked) {

    /** Of a session that is not parked. */
    public SessionRow(
            SessionId id,
            @Nullable String realm,
            Instant createdAt,
            long messageCount,
            boolean active,
            Map<String, String> labels,
            Optional<String> model,
            Optional<String> lastAnswer) {
        this(id, realm, createdAt, messageCount, active, labels, model, lastAnswer, Optional.empty());
    }
}
