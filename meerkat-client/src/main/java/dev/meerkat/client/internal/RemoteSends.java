package dev.meerkat.client.internal;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SessionId;
import dev.meerkat.client.internal.calls.ServerCalls;
import org.jspecify.annotations.Nullable;

/** Sends commands: most servers take peer ids only, so for them names are resolved first. */
final class RemoteSends {
    private final ServerCalls calls;
    private final SessionId session;
    private final PeerNames names;

    RemoteSends(ServerCalls calls, SessionId session, PeerNames names) {
        this.calls = calls;
        this.session = session;
        this.names = names;
    }

    <R extends Receipt> R send(CommsCommand<R> command) throws InterruptedException {
        if (command.recipient().isEmpty()) {
            return calls.send(session, command, null);
        }
        PeerRef ref = command.recipient().get();
        if (ref instanceof PeerRef.ById byId) {
            return sendTo(command, ref, byId.id());
        }
        PeerRef.ByName name = (PeerRef.ByName) ref;
        if (calls.facts().takesNames()) {
            return sendTo(command, ref, null);
        }
        try {
            return calls.send(session, command, names.resolve(name));
        } catch (PeerNotFoundException e) {
            // The name may have gone to another peer since it was listed; nothing was sent yet.
            names.forget();
            return sendTo(command, ref, names.resolve(name));
        }
    }

    private <R extends Receipt> R sendTo(CommsCommand<R> command, PeerRef ref, @Nullable PeerId to)
            throws InterruptedException {
        try {
            return calls.send(session, command, to);
        } catch (PeerNotFoundException e) {
            throw new PeerNotFoundException(ref, names.peers());
        } catch (PeerAmbiguousException e) {
            throw new PeerAmbiguousException(
                    ref, names.peers().stream().filter(peer -> named(peer, ref)).toList());
        }
    }

    private static boolean named(Peer peer, PeerRef ref) {
        return ref instanceof PeerRef.ByName name && name.name().equals(peer.name());
    }
}
