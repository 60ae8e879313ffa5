package dev.meerkat.client.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.internal.wire.AnsweredFaults;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes calls whose good answer is JSON and whose errors have no meaning of their own. Thread-safe. */
final class HttpCaller {
    private final RestHttp http;

    HttpCaller(RestHttp http) {
        this.http = http;
    }

    /** Calls, and reads the answer or throws; session is null for a call on none. */
    <T> T call(HttpAsk ask, @Nullable SessionId session, Function<JsonNode, T> reader) throws InterruptedException {
        HttpAnswer answer = http.call(ask);
        if (!answer.ok()) {
            throw refused(ask, answer, session);
        }
        return understood(ask, answer, reader);
    }

    /** An error answer. */
    static MeerkatException refused(HttpAsk ask, HttpAnswer answer, @Nullable SessionId session) {
        MeerkatException typed = AnsweredFaults.typed(answer.fault(), session);
        return ask.changes() ? typed : AnsweredFaults.ofRead(typed, ask.what());
    }

    /** Reads a good answer; of a read, one that cannot be read is a failure, since nothing was changed. */
    static <T> T understood(HttpAsk ask, HttpAnswer answer, Function<JsonNode, T> reader) {
        try {
            return reader.apply(answer.json());
        } catch (IOException | UnknownOutcomeException e) {
            throw Losses.invalid(ask, Losses.reason(e), e);
        }
    }
}
