package dev.meerkat.client.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSnapshot.State;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.internal.wire.OwnLabels;
import dev.meerkat.client.internal.wire.SessionRow;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one session looks like, from what the server tells and what this client knows. Thread-safe. */
final class RemoteSnapshots {
    private final RemoteContext context;
    private final Refusals refusals;
    private final SessionId id;
    private volatile @Nullable String commsName;
    private volatile boolean archived;
    private volatile @Nullable SessionRow last;

    RemoteSnapshots(RemoteContext context, Refusals refusals, SessionId id, @Nullable String commsName) {
        this.context = context;
        this.refusals = refusals;
        this.id = id;
        this.commsName = commsName;
    }

    /** The session's own name, or its id where it is not known. */
    String self() {
        String name = commsName;
        return name == null ? id.toString() : name;
    }

    void archived() {
        archived = true;
    }

    SessionSnapshot take() throws InterruptedException {
        SessionRow row;
        try {
            row = context.calls().read(id);
            remember(row);
        } catch (SessionArchivedException e) {
            archived = true;
            row = archivedRow();
        } catch (SessionNotFoundException e) {
            if (!refusals.archived(id)) {
                throw e;
            }
            archived = true;
            row = archivedRow();
        }
        SessionSnapshot snapshot = of(row);
        return archived
                ? with(snapshot, State.ARCHIVED, snapshot.lastCursor())
                : with(snapshot, snapshot.state(), end());
    }

    private Optional<Cursor> end() throws InterruptedException {
        return context.calls().log().isEmpty()
                ? Optional.empty()
                : Optional.of(new Cursor(context.calls().log().get().latest(id)));
    }

    private void remember(SessionRow row) {
        last = row;
        String labelled = row.labels().get(OwnLabels.COMMS_NAME);
        if (labelled != null) {
            commsName = labelled;
        }
    }

    /** Of an archived session, the server tells the history only. */
    private SessionRow archivedRow() throws InterruptedException {
        HistoryPage history = context.calls().history(id, 0, 1, self());
        SessionRow known = last;
        Instant created = history.entries().isEmpty()
                ? Instant.EPOCH
                : history.entries().get(0).at();
        return new SessionRow(
                id,
                known == null ? null : known.realm(),
                known == null ? created : known.createdAt(),
                history.messageCount(),
                false,
                known == null ? Map.of() : known.labels(),
                known == null ? Optional.empty() : known.model(),
                known == null ? Optional.empty() : known.lastAnswer());
    }

    /** A row as a snapshot; the client's own labels are what they stand for. */
    static SessionSnapshot of(SessionRow row) {
        Map<String, String> labels = new HashMap<>(row.labels());
        String name = labels.remove(OwnLabels.COMMS_NAME);
        boolean keepAlive = labels.remove(OwnLabels.KEEP_ALIVE) != null;
        return new SessionSnapshot(
                row.id(),
                new SessionSnapshot.Name(SessionSpec.DEFAULT_REALM, Optional.ofNullable(name), Optional.empty()),
                new SessionSnapshot.About(row.createdAt(), Map.copyOf(labels), row.model()),
                new SessionSnapshot.Activity(
                        row.active() ? State.RUNNING : State.IDLE, keepAlive, Optional.empty(), row.parked()),
                Optional.empty(),
                Optional.empty(),
                new SessionSnapshot.Log(Optional.empty(), row.messageCount(), row.lastAnswer()));
    }

    private static SessionSnapshot with(SessionSnapshot s, State state, Optional<Cursor> lastCursor) {
        return new SessionSnapshot(
                s.id(),
                s.name(),
                s.about(),
                new SessionSnapshot.Activity(state, s.keepAlive(), s.runningTurn(), s.parked()),
                s.waiting(),
                s.schedules(),
                new SessionSnapshot.Log(lastCursor, s.messageCount(), s.lastAnswer()));
    }
}
