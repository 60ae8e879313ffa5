package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.wire.SendFaults;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.comms.CommandForm;
import dev.meerkat.wire.internal.comms.PeerForm;
import dev.meerkat.wire.internal.comms.ReceiptForm;

/** Comms: sending and listing peers. */
final class CommsMethods {
    private static final String SESSION = "session_id";

    private final Sessions sessions;
    private final ContractLine line;

    CommsMethods(Sessions sessions, ContractLine line) {
        this.sessions = sessions;
        this.line = line;
    }

    /** {@code comms/send}. */
    ObjectNode send(Params params, Caller caller) throws InterruptedException {
        String locator = params.text(SESSION);
        SendFaults faults = new SendFaults(caller.surface(), sessions.id(locator));
        CommandForm.Read read;
        try {
            read = CommandForm.read(params, line);
        } catch (InvalidFieldException e) {
            throw faults.invalid(e);
        }
        Session session = open(locator, caller);
        CommsCommand<?> command = read.command();
        if (command instanceof CommsCommand.Input && !read.selfAllowed()) {
            throw faults.selfSession();
        }
        try {
            Receipt receipt = session.send(command);
            return ReceiptForm.write(receipt, read.reserved(), line);
        } catch (MeerkatException e) {
            throw faults.of(e, command);
        }
    }

    /** {@code comms/peers}. */
    ObjectNode peers(String locator, Caller caller) throws InterruptedException {
        Session session = open(locator, caller);
        try {
            ObjectNode answer = WireJson.object();
            session.peers().stream().map(peer -> PeerForm.write(peer, line)).forEach(answer.putArray("peers")::add);
            return answer;
        } catch (MeerkatException e) {
            throw new SendFaults(caller.surface(), session.id()).of(e);
        }
    }

    /** Comms tell a session that is not there and one without a name alike. */
    private Session open(String locator, Caller caller) throws InterruptedException {
        try {
            return sessions.open(locator);
        } catch (SessionNotFoundException e) {
            throw SendFaults.notEnabled(caller.surface(), sessions.id(locator).toString(), e);
        }
    }
}
