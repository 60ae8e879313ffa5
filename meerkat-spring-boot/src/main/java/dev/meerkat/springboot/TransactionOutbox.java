package dev.meerkat.springboot;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionSpec;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Sends events to sessions with the application's own transaction: an event leaves if the transaction commits, and never
 * if it rolls back. It is a row in the application's database until its session has it, so that a process that dies after
 * the commit loses nothing, and it has a key, so that its session takes it once.
 *
 * <p>Events of one session leave in the order in which they were sent, as far as their transactions followed one another.
 * One that cannot be taken now, since its session is not there or its lane is full, holds back those behind it and is tried
 * again after 1 s, then after waits that double up to 5 min. One that can never be taken, such as one whose key was used
 * for another event, is set aside: its row stays with {@code failed}, and says why.
 *
 * <p>Needs PostgreSQL. Thread-safe.
 */
public final class TransactionOutbox {
    private static final String INSERT = "INSERT INTO meerkat_outbox"
            + " (realm, session, event_type, payload, source, idempotency_key)"
            + " VALUES (?, ?, ?, ?, ?, coalesce(?, 'outbox-' || gen_random_uuid()))";

    private final DataSource source;
    private final JdbcTemplate jdbc;
    private final Runnable wake;

    TransactionOutbox(DataSource source, Runnable wake) {
        this.source = source;
        this.jdbc = new JdbcTemplate(source);
        this.wake = wake;
    }

    /**
     * Sends an event to the live session of the default realm that has a name when it leaves.
     *
     * @param session the session's comms name
     * @param event the event; without a key of its own it gets one. Its blocks must be empty
     * @throws IllegalTransactionStateException if there is no transaction of the outbox's {@code DataSource}
     * @throws InvalidFieldException if the name is blank, or the event has blocks
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
     * @param event the event; without a key of its own it gets one. Its blocks must be empty
     * @throws IllegalTransactionStateException if there is no transaction of the outbox's {@code DataSource}
     * @throws InvalidFieldException if a name is blank, or the event has blocks
     * @throws DataAccessException if the database refuses it; the transaction can then only roll back
     */
    public void send(String realm, String session, ExternalEvent event) {
        named(realm, "realm");
        named(session, "session");
        if (!event.blocks().isEmpty()) {
            throw new InvalidFieldException("blocks", "(blocks)", "must be empty in an outbox");
        }
        checkTransaction();
        int unused = jdbc.update(
                INSERT,
                realm,
                session,
                event.eventType(),
                event.payload().text(),
                event.source(),
                event.idempotencyKey().orElse(null));
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
