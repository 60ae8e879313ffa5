package dev.meerkat.store.sqlite;

import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes failed inputs. Confined to the committer. */
final class FailedRows {
    private final Draft draft;
    private final InputRows inputs;
    private final LogRows log;

    FailedRows(Draft draft, InputRows inputs, LogRows log) {
        this.draft = draft;
        this.inputs = inputs;
        this.log = log;
    }

    void put(HotSession session, FailedInput failed) throws SQLException {
        InputRows.Place place = inputs.place(session, failed.input().id());
        if (place == null) {
            throw new IllegalStateException(
                    "a failed input is not there: " + failed.input().id());
        }
        put(session.no, place, failed);
    }

    /** Writes what became of the input at a place. */
    void put(long no, InputRows.Place place, FailedInput failed) {
        Instant retryAt = failed.turn().notBefore();
        draft.update(
                RowChange.FAILED_INPUT,
                no,
                place.track(),
                place.n(),
                StoredNumbers.of(failed.state()),
                retryAt == null ? 0 : StoredNumbers.of(retryAt),
                Codes.bytes(failed.turn().id().value()),
                StoreCodec.encode(failed));
    }

    /** Puts a dead letter and the others of its turn back, and logs it; false if it is none. */
    boolean redrive(HotSession session, InputId id, Instant at) throws SQLException {
        FailedInput letter = deadLetter(session, id);
        if (letter == null) {
            return false;
        }
        List<FailedInput> together =
                FailedReads.deadOfTurn(draft.db(), session.no, letter.turn().id());
        for (FailedInput dead : together) {
            put(session, dead.redriven(at));
        }
        log(session, InboxRules.redriven(together, at));
        return true;
    }

    /** Discards a dead letter, and logs it; false if it is none. */
    boolean discard(HotSession session, InputId id, Instant at) throws SQLException {
        FailedInput letter = deadLetter(session, id);
        if (letter == null) {
            return false;
        }
        put(session, letter.as(FailedInput.State.DISCARDED));
        log(session, InboxRules.discarded(id, at));
        return true;
    }

    private @Nullable FailedInput deadLetter(HotSession session, InputId id) throws SQLException {
        InputRows.Place place = inputs.place(session, id);
        return place == null ? null : FailedReads.deadLetter(draft.db(), session.no, place);
    }

    private void log(HotSession session, SessionEvent event) throws SQLException {
        log.insertEvent(session, StoreCodec.encode(event));
    }
}
