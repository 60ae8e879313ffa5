package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.wire.CommandReader;
import dev.meerkat.server.internal.wire.Dialect;
import dev.meerkat.server.internal.wire.Params;
import dev.meerkat.server.internal.wire.ReceiptWriter;
import dev.meerkat.server.internal.wire.SendFaults;
import java.util.Map;
import java.util.Set;

/** Comms: sending and listing peers. */
final class CommsMethods {
    private static final String SESSION = "session_id";

    private final Sessions sessions;
    private final CommandReader reader;
    private final ReceiptWriter writer;

    CommsMethods(Sessions sessions, Dialect dialect) {
        this.sessions = sessions;
        this.reader = new CommandReader(dialect);
        this.writer = new ReceiptWriter(dialect);
    }

    void addTo(Map<String, Method> methods) {
        methods.put("comms/send", Method.direct(this::send));
        methods.put("comms/peers", Method.direct(this::peers));
    }

    private ObjectNode send(Params params, Caller caller) throws InterruptedException {
        String locator = params.text(SESSION);
        SendFaults faults = new SendFaults(caller.surface(), sessions.id(locator));
        CommandReader.Read read;
        try {
            read = reader.read(params);
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
            return writer.receipt(receipt, read.reserved());
        } catch (MeerkatException e) {
            throw faults.of(e, command);
        }
    }

    private ObjectNode peers(Params params, Caller caller) throws InterruptedException {
        String locator = params.only(Set.of(SESSION)).text(SESSION);
        Session session = open(locator, caller);
        try {
            return writer.peers(session.peers());
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
