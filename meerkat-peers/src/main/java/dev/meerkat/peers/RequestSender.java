package dev.meerkat.peers;

import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import java.time.Duration;

/** Sends requests from a session. */
interface RequestSender {
    Reply request(PeerRequest request, Duration patience) throws InterruptedException;

    Reply reply(RequestId requestId, Duration patience) throws InterruptedException;
}
