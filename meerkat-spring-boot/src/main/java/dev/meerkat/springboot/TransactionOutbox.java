package dev.meerkat.springboot;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TraceContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Sends events to sessions, and commands of sessions such as messages to peers, with the application's own transaction: they
 * leave if the transaction commits, and never if it rolls back. Each is a row in the application's database until its receiver
 * has it, so that a process that dies after the commit loses nothing, and it has a key, so that its receiver takes it once.
 *
 * <p>Events for one session leave in the order in which they were sent, as far as their transactions followed one another; so
 * do commands of one session. One that cannot be taken now, since its session or the peer is not there or its lane is full,
 * holds back those behind it and is tried again after 1 s, then after waits that double up to 5 min. One that can never be
 * taken, such as one whose key was used for another event, is set aside: its row stays with {@code failed}, and says why.
 *
 * <p>Needs PostgreSQL. Thread-safe.
 */
public final class TransactionOutbox {
    static final String ONLY_EVENTS =
            "the sessions are not in this application: only events can be sent to them in an outbox";

    private static final String INSERT = "INSERT INTO meerkat_outbox (realm, session, kind, content, once_key, trace)"
            + " VALUES (?, ?, ?, ?, coalesce(?, cast(gen_random_uuid() AS text)), ?)";

    private final DataSource source;
    private final JdbcTemplate jdbc;
    private final Runnable wake;
    private final boolean sendsCommands;
    private final Supplier<Optional<TraceContext>> trace;

    TransactionOutbox(DataSource source, Runnable wake, boolean sendsCommands, Supplier<Optional<TraceContext>> trace) {
        this.source = source;
        this.jdbc = new JdbcTemplate(source);
        this.wake = wake;
        this.sendsCommands = sendsCommands;
        this.trace = trace;
    }

    /**
     * Sends an event to the live session of the default realm that has a name when it leaves.
     *
     * @param session the session's comms name
     * @param event the event; without a key of its own it gets one
     * @throws IllegalTransactionStateException if there is no transaction of the outbox's {@code DataSource}
     * @throws InvalidFieldException if the name is blank
     * @throws DataAccessException if the database refuses it; the transaction can then only roll back
     */
    public void send(String session, ExternalEvent event) {
        send(SessionSpec.DEFAULT_REALM, session, event);
    }

    /**
     * Sends an event to the live session that has a name when it leaves.
     *
     * @param realm the realm of the name
     * @param session the session's comms name
     * @param event the event; without a key of its own it gets one
     * @throws IllegalTransactionStateException if there is no transaction of the outbox's {@code DataSource}
     * @throws InvalidFieldException if a name is blank
     * @throws DataAccessException if the database refuses it; the transaction can then only roll back
     */
    public void send(String realm, String session, ExternalEvent event) {
        store(
                realm,
                session,
                OutboxRow.EVENT,
                OutboxRow.content(event),
                event.idempotencyKey().orElse(null));
    }

    /**
     * Has the live session of the default realm that has a name send a command when it leaves.
     *
     * @param session the comms name of the session that sends
     * @param command a message, a notice or a request to a peer, whose answer the session's agent gets, or an input of the
     *     session itself
     * @throws IllegalTransactionStateException if there is no transaction of the outbox's {@code DataSource}
     * @throws InvalidFieldException if the name is blank, or the command is a response
     * @throws NotSupportedException if the sessions are not in this application
     * @throws DataAccessException if the database refuses it; the transaction can then only roll back
     */
    public void send(String session, CommsCommand<?> command) {
        send(SessionSpec.DEFAULT_REALM, session, command);
    }

    /**
     * Has the live session that has a name send a command when it leaves.
     *
     * @param realm the realm of the name
     * @param session the comms name of the session that sends
     * @param command a message, a notice or a request to a peer, whose answer the session's agent gets, or an input of the
     *     session itself
     * @throws IllegalTransactionStateException if there is no transaction of the outbox's {@code DataSource}
     * @throws InvalidFieldException if a name is blank, or the command is a response
     * @throws NotSupportedException if the sessions are not in this application
     * @throws DataAccessException if the database refuses it; the transaction can then only roll back
     */
    public void send(String realm, String session, CommsCommand<?> command) {
        if (!sendsCommands) {
            throw new NotSupportedException(ONLY_EVENTS);
        }
        if (command instanceof CommsCommand.PeerResponse) {
            throw new InvalidFieldException("kind", command.kind(), "cannot be sent in an outbox: answer it directly");
        }
        store(realm, session, OutboxRow.COMMAND, OutboxRow.content(command), null);
    }

    private void store(String realm, String session, String kind, String content, @Nullable String key) {
        named(realm, "realm");
        named(session, "session");
        checkTransaction();
        int unused = jdbc.update(
                INSERT,
                realm,
                session,
                kind,
                content,
                key,
                trace.get().map(OutboxRow::text).orElse(""));
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wake.run();
            }
        });
    }

    private static void named(String name, String field) {
        if (name.isBlank() || name.indexOf('\0') >= 0) {
            throw new InvalidFieldException(field, name, "must not be blank, and have no NUL");
        }
    }

    /** A connection that commits by itself would let the event leave whatever becomes of the caller's work. */
    private void checkTransaction() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalTransactionStateException("the outbox sends with a transaction, and there is none");
        }
        Connection connection = DataSourceUtils.getConnection(source);
        try {
            if (connection.getAutoCommit() || !DataSourceUtils.isConnectionTransactional(connection, source)) {
                throw new IllegalTransactionStateException("the transaction is not one of the outbox's DataSource");
            }
        } catch (SQLException e) {
            throw new IllegalTransactionStateException("the transaction cannot be looked at", e);
        } finally {
            DataSourceUtils.releaseConnection(connection, source);
        }
    }
}
