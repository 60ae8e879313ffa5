package dev.meerkat.langchain4j;

import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells a listener of one end only, and of nothing after it. The stock client tells of the end of a stream after an
 * error, too, and so makes an answer that broke off look whole; and it passes over what a listener throws. Told by one
 * thread at a time, but for the cancel.
 */
final class EndsOnce implements ServerSentEventListener {
    /** The provider's own mark of the end. In the text of an answer its quotes have backslashes. */
    private static final Pattern END_MARK =
            Pattern.compile("\"(?:finish_reason|stop_reason)\"\\s*:\\s*\"([^\"\\\\]+)\"");

    private final HttpRequest request;
    private final ServerSentEventListener listener;
    private final Consumer<String> endMarks;
    private volatile boolean cancelled;
    private boolean hasEvents;
    private boolean ended;

    EndsOnce(HttpRequest request, ServerSentEventListener listener, Consumer<String> endMarks) {
        this.endMarks = endMarks;
        this.request = request;
        this.listener = listener;
    }

    /** From now on events are dropped, and the end is that the call was cancelled. From any thread. */
    void cancel() {
        cancelled = true;
    }

    @Override
    public void onOpen(SuccessfulHttpResponse response) {
        listener.onOpen(response);
    }

    /** Whether anything came that is an event. */
    boolean hasEvents() {
        return hasEvents;
    }

    @Override
    public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
        hasEvents = true;
        if (ended || cancelled) {
            context.parsingHandle().cancel();
            return;
        }
        Optional<HttpFailure> failure = HttpFailure.of(event, request);
        Matcher mark = END_MARK.matcher(event.data() == null ? "" : event.data());
        if (mark.find()) {
            endMarks.accept(mark.group(1));
        }
        try {
            failure.ifPresentOrElse(this::onError, () -> listener.onEvent(event, context));
        } catch (RuntimeException e) {
            onError(e);
        }
        if (ended) {
            context.parsingHandle().cancel();
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (!ended) {
            ended = true;
            listener.onError(cancelled ? new CallCancelledException() : failure);
        }
    }

    @Override
    public void onClose() {
        if (cancelled) {
            onError(new CallCancelledException());
        } else if (!ended) {
            ended = true;
            listener.onClose();
        }
    }
}
