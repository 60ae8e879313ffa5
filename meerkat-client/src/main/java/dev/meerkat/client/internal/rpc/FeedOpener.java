package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.rpc.RpcAnswer.Lost;
import dev.meerkat.client.internal.wire.AnsweredFaults;
import java.util.Optional;

/** Opens streams of events. */
final class FeedOpener {
    private static final String METHOD = "session/stream_open";

    private final Link link;
    private final Asker asker;

    FeedOpener(Link link, Asker asker) {
        this.link = link;
        this.asker = asker;
    }

    /** Opens a stream; what the sink hears may begin before this returns. */
    LiveFeed open(SessionId session, ObjectNode params, FeedSink sink) throws InterruptedException {
        Optional<LiveFeed> opened = tried(session, params, sink, true);
        return opened.isPresent()
                ? opened.get()
                : tried(session, params, sink, false).orElseThrow();
    }

    /** Empty if it may be tried once more. */
    private Optional<LiveFeed> tried(SessionId session, ObjectNode params, FeedSink sink, boolean first)
            throws InterruptedException {
        Link.Established at = link.get();
        Feeds feeds = at.connection().feeds();
        RpcFeed feed = feeds.begin(sink);
        boolean opened = false;
        try {
            RpcAsk ask = RpcAsk.reading(METHOD, params).withOnResult(result -> feeds.opened(feed, result));
            RpcAnswer answer = asker.once(at, ask);
            if (answer instanceof RpcAnswer.Refused refused) {
                throw AnsweredFaults.ofRead(AnsweredFaults.typed(refused.fault(), session), METHOD);
            }
            if (answer instanceof Lost lost) {
                if (first && asker.mayAskAgain(ask, lost)) {
                    return Optional.empty();
                }
                throw lost.of(false, METHOD);
            }
            opened = true;
            return Optional.of(feed);
        } finally {
            if (!opened) {
                feeds.failed(feed);
            }
        }
    }
}
