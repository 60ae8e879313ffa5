package dev.meerkat.peers;

import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import java.time.Duration;

/** Sends requests from a session: with handles on the replies, or where there are none, by watching for them. */
record SessionSender(Session session) implements RequestSender {
    @Override
    public Reply request(PeerRequest request, Duration patience) throws InterruptedException {
        try {
            return session.request(request);
        } catch (NotSupportedException e) {
            long from = session.snapshot().messageCount();
            RequestId id = session.send(request).requestId();
            return new WatchedReply(session, id, from, patience, System::nanoTime);
        }
    }

    @Override
    public Reply reply(RequestId requestId, Duration patience) throws InterruptedException {
        try {
            return session.reply(requestId);
        } catch (NotSupportedException e) {
            return new WatchedReply(session, requestId, 0, patience, System::nanoTime);
        }
    }
}
