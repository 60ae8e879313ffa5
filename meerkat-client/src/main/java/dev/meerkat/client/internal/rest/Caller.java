package dev.meerkat.client.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.internal.wire.Faults;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes calls whose good answer is JSON and whose errors have no meaning of their own. Thread-safe. */
final class Caller {
    private final RestHttp http;

    Caller(RestHttp http) {
        this.http = http;
    }

    /** Calls, and reads the answer or throws; session is null for a call on none. */
    <T> T call(Ask ask, @Nullable SessionId session, Function<JsonNode, T> reader) throws InterruptedException {
        Answer answer = http.call(ask);
        if (!answer.ok()) {
            throw refused(ask, answer, session);
        }
        return understood(ask, answer, reader);
    }

    /** An error answer; of a read, a gateway's error is a failure like another, since nothing was changed. */
    static MeerkatException refused(Ask ask, Answer answer, @Nullable SessionId session) {
        MeerkatException typed = Faults.typed(answer.fault(), session);
        return typed instanceof UnknownOutcomeException && !ask.changes()
                ? new FailedException(typed.code(), ask.what() + ": " + typed.getMessage(), typed)
                : typed;
    }

    /** Reads a good answer; of a read, one that cannot be read is a failure, since nothing was changed. */
    static <T> T understood(Ask ask, Answer answer, Function<JsonNode, T> reader) {
        try {
            return reader.apply(answer.json());
        } catch (IOException | UnknownOutcomeException e) {
            throw Losses.invalid(ask, Losses.reason(e), e);
        }
    }
}
