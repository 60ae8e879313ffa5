package dev.meerkat.core.store;

import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import java.time.Instant;
import java.util.Optional;

/** What an appended input means for the table of requests; checked and done in the append's transaction. */
public sealed interface Correlation {
    /** It is neither request nor response. */
    record None() implements Correlation {}

    /**
     * It is a request.
     *
     * @param request its id
     * @param requester the session that sent it
     * @param toHandle whether its response goes to a handle instead of the requester's inbox
     * @param deadline when its requester is told that it was not answered, or empty for never
     */
    record Opens(RequestId request, SessionId requester, boolean toHandle, Optional<Instant> deadline)
            implements Correlation {}

    /**
     * It is a response.
     *
     * @param request the request that it answers
     * @param responder the session that sends it; must be the request's receiver
     */
    record Answers(RequestId request, SessionId responder) implements Correlation {}
}
