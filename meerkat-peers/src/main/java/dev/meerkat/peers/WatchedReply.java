package dev.meerkat.peers;

import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** A reply that is found in the session's transcript, where a server has no handles on replies. */
final class WatchedReply implements Reply {
    private static final int PAGE = 100;

    private final Session session;
    private final RequestId request;
    private final long from;
    private final Duration patience;
    private final LongSupplier nanos;

    /**
     * The reply to a request.
     *
     * @param from the response is not before this entry of the transcript
     * @param patience how long a stage waits
     */
    WatchedReply(Session session, RequestId request, long from, Duration patience, LongSupplier nanos) {
        this.session = session;
        this.request = request;
        this.from = from;
        this.patience = patience;
        this.nanos = nanos;
    }

    @Override
    public RequestId requestId() {
        return request;
    }

    /** Looks again whenever something has happened in the session. */
    @Override
    public Optional<PeerReply> await(Duration timeout) throws InterruptedException {
        long end = nanos.getAsLong() + timeout.toNanos();
        try (EventStream events = session.eventsFromNow()) {
            long next = from;
            while (true) {
                HistoryPage page = session.history(next, PAGE);
                Optional<PeerReply> reply = page.entries().stream()
                        .flatMap(entry -> reply(entry).stream())
                        .findFirst();
                long left = end - nanos.getAsLong();
                if (reply.isPresent() || events.ended()) {
                    return reply;
                }
                next += page.entries().size();
                if (page.entries().isEmpty() && !happened(events, left)) {
                    return Optional.empty();
                }
            }
        }
    }

    /** Waits until something is told that may have changed the transcript. */
    private boolean happened(EventStream events, long nanosLeft) throws InterruptedException {
        long end = nanos.getAsLong() + nanosLeft;
        for (long left = nanosLeft; left > 0; left = end - nanos.getAsLong()) {
            Optional<SessionEvent> event = events.next(Duration.ofNanos(left));
            if (events.ended()
                    || event.filter(it -> !(it instanceof SessionEvent.TextDelta))
                            .isPresent()) {
                return true;
            }
        }
        return false;
    }

    private Optional<PeerReply> reply(TranscriptEntry entry) {
        if (entry instanceof TranscriptEntry.Input input
                && input.input().body() instanceof InputBody.PeerResponse response) {
            PeerResponse command = response.command();
            if (command.inReplyTo().equals(request) && command.status().terminal()) {
                return Optional.of(new PeerReply(
                        request,
                        response.from(),
                        command.status(),
                        command.result(),
                        command.blocks(),
                        command.contentTaint(),
                        input.input().at()));
            }
        }
        return Optional.empty();
    }

    /** One thread for each, for as long as the patience. */
    @Override
    public CompletionStage<PeerReply> completion() {
        CompletableFuture<PeerReply> reply = new CompletableFuture<>();
        Thread thread = new Thread(() -> complete(reply), "meerkat-reply");
        thread.setDaemon(true);
        thread.start();
        return reply.minimalCompletionStage();
    }

    private void complete(CompletableFuture<PeerReply> reply) {
        try {
            boolean unused = await(patience)
                    .map(reply::complete)
                    .orElseGet(() ->
                            reply.completeExceptionally(new NoReplyException(request, "none came within " + patience)));
        } catch (InterruptedException | MeerkatException e) {
            reply.completeExceptionally(e);
        }
    }
}
