package dev.meerkat.store.sqlite;

import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes requests and their replies. Confined to the committer. */
final class RequestRows {
    private static final String SELECT =
            "SELECT requester, responder, to_handle, reply IS NOT NULL FROM requests WHERE id = ?";
    private final Draft draft;

    RequestRows(Draft draft) {
        this.draft = draft;
    }

    void insert(Correlation.Opens opens, SessionId responder) throws SQLException {
        draft.update(
                RowChange.REQUEST,
                Codes.bytes(opens.request().value()),
                Codes.bytes(opens.requester().value()),
                Codes.bytes(responder.value()),
                opens.toHandle());
        if (opens.deadline().isPresent()) {
            draft.update(
                    RowChange.DEADLINE,
                    StoredNumbers.of(opens.deadline().get()),
                    Codes.bytes(opens.request().value()));
        }
    }

    InboxRules.@Nullable Asked find(RequestId id) throws SQLException {
        PreparedStatement select = draft.prepare(SELECT);
        select.setBytes(1, Codes.bytes(id.value()));
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "requests", "request " + id, 0);
            return row.next()
                    ? new InboxRules.Asked(
                            new SessionId(row.uuid(1)), new SessionId(row.uuid(2)), row.flag(3), row.flag(4))
                    : null;
        }
    }

    void answer(RequestId id, byte[] reply) throws SQLException {
        draft.update(RowChange.ANSWER, reply, Codes.bytes(id.value()));
    }
}
