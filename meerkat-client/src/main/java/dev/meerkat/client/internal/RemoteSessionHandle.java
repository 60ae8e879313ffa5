package dev.meerkat.client.internal;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.Limits;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.wire.EventReader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One session of a server. Holds nothing that the server does not know, but for a short memory of names. */
final class RemoteSessionHandle implements Session {
    private static final long LAST_OFFSET = 1_000_000;

    private final RemoteContext context;
    private final ServerCalls calls;
    private final Refusals refusals;
    private final SessionId id;
    private final @Nullable Turn initialTurn;
    private final PeerNames names;
    private final RemoteSends sends;
    private final Deliveries deliveries;
    private final RemoteSnapshots snapshots;

    RemoteSessionHandle(RemoteContext context, SessionId id, @Nullable String commsName, @Nullable Turn initialTurn) {
        this.context = context;
        this.calls = context.calls();
        this.refusals = new Refusals(context);
        this.id = id;
        this.initialTurn = initialTurn;
        this.names = new PeerNames(() -> calls.peers(id), context.clock());
        this.sends = new RemoteSends(calls, id, names);
        this.deliveries = new Deliveries(calls);
        this.snapshots = new RemoteSnapshots(context, refusals, id, commsName);
    }

    /** It was archived by others. */
    void markArchived() {
        snapshots.archived();
    }

    @Override
    public SessionId id() {
        return id;
    }

    @Override
    public SessionSnapshot snapshot() throws InterruptedException {
        context.checkOpen();
        return snapshots.take();
    }

    @Override
    public Optional<Turn> initialTurn() {
        return Optional.ofNullable(initialTurn);
    }

    @Override
    public Turn startTurn(InputBody.Prompt prompt) throws InterruptedException {
        Values.present(prompt, "prompt");
        return refusals.refined(id, () -> new TurnHandle(refusals, id, calls.turn(id, prompt)));
    }

    @Override
    public <R extends Receipt> R send(CommsCommand<R> command) throws InterruptedException {
        Values.present(command, "command");
        command.timeToLive().ifPresent(time -> {
            throw noTimeToLive();
        });
        return deliveries.proven(refusals.refined(id, () -> sends.send(command)));
    }

    @Override
    public Reply request(CommsCommand.PeerRequest request) {
        context.checkOpen();
        Values.present(request, "request");
        throw new NotSupportedException("a server gives no handle for a reply: send the request with send(), and look "
                + "for its response in events() or history()");
    }

    @Override
    public Reply reply(RequestId requestId) {
        context.checkOpen();
        Values.present(requestId, "request_id");
        throw new NotSupportedException("a server gives no handle for a reply: " + requestId);
    }

    @Override
    public List<Peer> peers() throws InterruptedException {
        return refusals.refined(id, names::peers);
    }

    @Override
    public EventOutcome sendExternalEvent(ExternalEvent event) throws InterruptedException {
        Values.present(event, "event");
        event.timeToLive().ifPresent(time -> {
            throw noTimeToLive();
        });
        return context.woken(this, event, admitted(() -> calls.sendExternalEvent(id, event)));
    }

    private EventOutcome admitted(Refusals.Call<EventOutcome> call) throws InterruptedException {
        try {
            return deliveries.proven(refusals.refined(id, call));
        } catch (LaneFullException e) {
            return new EventOutcome.Refused(e);
        }
    }

    @Override
    public EventOutcome deliverPeerAnswer(PeerAnswer answer) throws InterruptedException {
        Values.present(answer, "answer");
        return admitted(() -> calls.deliverPeerAnswer(id, answer));
    }

    @Override
    public boolean injectContext(ContextNote note) throws InterruptedException {
        Values.present(note, "note");
        return refusals.refined(id, () -> calls.injectContext(id, note));
    }

    @Override
    public Optional<InputStatus> inputStatus(InputId inputId) throws InterruptedException {
        Values.present(inputId, "input_id");
        if (inputId.equals(InputId.UNKNOWN)) {
            throw new InvalidFieldException("input_id", inputId.toString(), "is not the id of an input");
        }
        return refusals.refined(id, () -> calls.inputStatus(id, inputId));
    }

    @Override
    public DeadLetterPage deadLetters(int offset, int limit) {
        throw RemoteClient.noDeadLetters(context);
    }

    @Override
    public void redrive(InputId inputId) {
        throw RemoteClient.noDeadLetters(context);
    }

    @Override
    public void discard(InputId inputId) {
        throw RemoteClient.noDeadLetters(context);
    }

    @Override
    public boolean unpark() {
        throw RemoteClient.noDeadLetters(context);
    }

    @Override
    public Schedule schedule(ScheduleSpec spec) {
        context.checkOpen();
        Values.present(spec, "spec");
        throw noSchedules();
    }

    @Override
    public List<Schedule> schedules() {
        context.checkOpen();
        throw noSchedules();
    }

    @Override
    public boolean cancel(ScheduleId schedule) {
        context.checkOpen();
        Values.present(schedule, "schedule_id");
        throw noSchedules();
    }

    private static NotSupportedException noTimeToLive() {
        return new NotSupportedException("the server takes no time_to_live");
    }

    private static NotSupportedException noSchedules() {
        return new NotSupportedException("the server has no schedules: send the input when it is due");
    }

    @Override
    public EventStream events(Cursor after) throws InterruptedException {
        Values.present(after, "after");
        return refusals.refined(id, () -> openEvents(after));
    }

    @Override
    public EventStream eventsFromNow() throws InterruptedException {
        return refusals.refined(id, () -> openEvents(null));
    }

    /** Events after a cursor, or from now on if there is none. */
    private EventStream openEvents(@Nullable Cursor after) throws InterruptedException {
        Optional<EventLog> log = calls.log();
        if (log.isPresent()) {
            return openLog(log.get(), after);
        }
        if (after != null) {
            throw new NotSupportedException(
                    "the server keeps no log of events to read after " + after + ": use eventsFromNow()");
        }
        ReconnectingFeed feed = new ReconnectingFeed(context, id, event -> true);
        feed.open();
        return new LiveEventStream(feed);
    }

    private EventStream openLog(EventLog log, @Nullable Cursor after) throws InterruptedException {
        boolean live = calls.facts().liveBesideLog();
        ReconnectingFeed feed = new ReconnectingFeed(context, id, event -> live && EventReader.isLive(event));
        boolean opened = false;
        try {
            openIfLive(feed);
            // After the feed was opened, which tells of all that comes behind this.
            long latest = log.latest(id);
            Cursor from = after == null ? new Cursor(latest) : after;
            if (from.sequence() > latest) {
                throw new InvalidFieldException(
                        "after", from.toString(), "is ahead of the log, which ends at " + latest);
            }
            opened = true;
            return new LoggedEventStream(context, id, log, feed, from, latest);
        } finally {
            if (!opened) {
                feed.close();
            }
        }
    }

    private void openIfLive(ReconnectingFeed feed) throws InterruptedException {
        try {
            feed.open();
        } catch (SessionNotFoundException | SessionArchivedException e) {
            // Nothing new can come, and what there is can be read.
            feed.close();
        } catch (ServerUnreachableException e) {
            throw e;
        } catch (NotDoneException e) {
            // Archived, or not loaded since the server was started: the log is there all the same.
            if (refusals.over(id)) {
                feed.close();
            } else {
                feed.openLater();
            }
        }
    }

    @Override
    public HistoryPage history(long offset, int limit) throws InterruptedException {
        Values.range(offset, "offset", 0, Long.MAX_VALUE);
        Values.range(limit, "limit", 1, Limits.PAGE_ROWS);
        context.checkOpen();
        return offset > LAST_OFFSET ? afterTheEnd(offset) : calls.history(id, offset, limit, snapshots.self());
    }

    /** A server may refuse such an offset instead of answering that nothing is there. */
    private HistoryPage afterTheEnd(long offset) throws InterruptedException {
        long all = calls.history(id, LAST_OFFSET, 1, snapshots.self()).messageCount();
        if (all > offset) {
            throw new NotSupportedException("offset of the history is more than servers take: " + offset);
        }
        return new HistoryPage(List.of(), all, all);
    }

    @Override
    public InterruptOutcome interrupt() throws InterruptedException {
        return refusals.refined(id, () -> {
            // Servers answer an idle session as if something had been stopped.
            boolean active = calls.running(id);
            boolean told = calls.interrupt(id);
            return active && told ? new InterruptOutcome.Stopping(Optional.empty()) : new InterruptOutcome.Idle();
        });
    }

    @Override
    public InterruptOutcome interrupt(TurnId turn) throws InterruptedException {
        Values.present(turn, "turn_id");
        return refusals.refined(
                id,
                () -> calls.stop(id, turn)
                        ? new InterruptOutcome.Stopping(Optional.of(turn))
                        : new InterruptOutcome.Idle());
    }

    @Override
    public void changeKeepAlive(boolean keepAlive) {
        context.checkOpen();
        throw new NotSupportedException(
                "a server changes keep_alive of session " + id + " only together with the start of a turn");
    }

    @Override
    public void archive() throws InterruptedException {
        context.checkOpen();
        try {
            calls.archive(id);
        } catch (SessionArchivedException e) {
            snapshots.archived();
            throw e;
        } catch (SessionNotFoundException e) {
            if (!refusals.archived(id)) {
                throw e;
            }
            snapshots.archived();
            throw new SessionArchivedException(id);
        }
        snapshots.archived();
    }
}
