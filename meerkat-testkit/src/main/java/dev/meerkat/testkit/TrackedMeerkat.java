package dev.meerkat.testkit;

import dev.meerkat.api.Capabilities;
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
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.Health;
import dev.meerkat.core.HealthCheck;
import dev.meerkat.core.ReadyEventStream;
import dev.meerkat.core.SessionTransfer;
import dev.meerkat.core.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Forwards everything, and takes down which event streams are open. */
final class TrackedMeerkat implements Meerkat, HealthCheck, SessionTransfer, Workload {
    private final Meerkat inner;
    private final OpenHandles handles;

    TrackedMeerkat(Meerkat inner, OpenHandles handles) {
        this.inner = inner;
        this.handles = handles;
    }

    private Session tracked(Session session) {
        handles.met(session.id());
        return new TrackedSession(session, handles);
    }

    @Override
    public Health health() {
        return inner instanceof HealthCheck check ? check.health() : Health.OK;
    }

    @Override
    public Numbers workload() {
        return inner instanceof Workload workload
                ? workload.workload()
                : new Numbers(Map.of(), Optional.empty(), 0, 0, 0);
    }

    @Override
    public void exportSession(SessionId id, OutputStream out) throws IOException {
        SessionTransfer.of(inner).exportSession(id, out);
    }

    @Override
    public SessionId importSession(InputStream in) throws IOException, InterruptedException {
        return SessionTransfer.of(inner).importSession(in);
    }

    @Override
    public Session create(SessionSpec spec) throws InterruptedException {
        return tracked(inner.create(spec));
    }

    @Override
    public Session open(SessionId id) throws InterruptedException {
        return tracked(inner.open(id));
    }

    @Override
    public Session open(String realm, String commsName) throws InterruptedException {
        return tracked(inner.open(realm, commsName));
    }

    @Override
    public SessionPage list(SessionQuery query) throws InterruptedException {
        return inner.list(query);
    }

    @Override
    public void delete(SessionId id) throws InterruptedException {
        inner.delete(id);
    }

    @Override
    public DeadLetterPage deadLetters(int offset, int limit) throws InterruptedException {
        return inner.deadLetters(offset, limit);
    }

    @Override
    public Capabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public void close() {
        inner.close();
    }

    private record TrackedSession(Session inner, OpenHandles handles) implements Session {
        @Override
        public SessionId id() {
            return inner.id();
        }

        @Override
        public SessionSnapshot snapshot() throws InterruptedException {
            return inner.snapshot();
        }

        @Override
        public Optional<Turn> initialTurn() {
            return inner.initialTurn();
        }

        @Override
        public Turn startTurn(InputBody.Prompt prompt) throws InterruptedException {
            return inner.startTurn(prompt);
        }

        @Override
        public <R extends Receipt> R send(CommsCommand<R> command) throws InterruptedException {
            return inner.send(command);
        }

        @Override
        public Reply request(CommsCommand.PeerRequest request) throws InterruptedException {
            return inner.request(request);
        }

        @Override
        public Reply reply(RequestId requestId) throws InterruptedException {
            return inner.reply(requestId);
        }

        @Override
        public List<Peer> peers() throws InterruptedException {
            return inner.peers();
        }

        @Override
        public EventOutcome sendExternalEvent(ExternalEvent event) throws InterruptedException {
            return inner.sendExternalEvent(event);
        }

        @Override
        public boolean injectContext(ContextNote note) throws InterruptedException {
            return inner.injectContext(note);
        }

        @Override
        public EventOutcome deliverPeerAnswer(PeerAnswer answer) throws InterruptedException {
            return inner.deliverPeerAnswer(answer);
        }

        @Override
        public Optional<InputStatus> inputStatus(InputId inputId) throws InterruptedException {
            return inner.inputStatus(inputId);
        }

        @Override
        public DeadLetterPage deadLetters(int offset, int limit) throws InterruptedException {
            return inner.deadLetters(offset, limit);
        }

        @Override
        public void redrive(InputId inputId) throws InterruptedException {
            inner.redrive(inputId);
        }

        @Override
        public boolean unpark() throws InterruptedException {
            return inner.unpark();
        }

        @Override
        public void discard(InputId inputId) throws InterruptedException {
            inner.discard(inputId);
        }

        @Override
        public Schedule schedule(ScheduleSpec spec) throws InterruptedException {
            return inner.schedule(spec);
        }

        @Override
        public List<Schedule> schedules() throws InterruptedException {
            return inner.schedules();
        }

        @Override
        public boolean cancel(ScheduleId schedule) throws InterruptedException {
            return inner.cancel(schedule);
        }

        @Override
        public EventStream events(Cursor after) throws InterruptedException {
            return tracked(inner.events(after));
        }

        @Override
        public EventStream eventsFromNow() throws InterruptedException {
            return tracked(inner.eventsFromNow());
        }

        private EventStream tracked(EventStream opened) {
            EventStream stream = opened instanceof ReadyEventStream ready
                    ? new TrackedReadyStream(ready, handles)
                    : new TrackedStream(opened, handles);
            handles.opened(stream, inner.id());
            return stream;
        }

        @Override
        public HistoryPage history(long offset, int limit) throws InterruptedException {
            return inner.history(offset, limit);
        }

        @Override
        public InterruptOutcome interrupt() throws InterruptedException {
            return inner.interrupt();
        }

        @Override
        public InterruptOutcome interrupt(TurnId turn) throws InterruptedException {
            return inner.interrupt(turn);
        }

        @Override
        public void changeKeepAlive(boolean keepAlive) throws InterruptedException {
            inner.changeKeepAlive(keepAlive);
        }

        @Override
        public void archive() throws InterruptedException {
            inner.archive();
        }
    }

    /** No record: streams are told apart by identity. */
    private static class TrackedStream implements EventStream {
        private final EventStream inner;
        private final OpenHandles handles;

        TrackedStream(EventStream inner, OpenHandles handles) {
            this.inner = inner;
            this.handles = handles;
        }

        @Override
        public Optional<SessionEvent> next(Duration timeout) throws InterruptedException {
            return inner.next(timeout);
        }

        @Override
        public Cursor position() {
            return inner.position();
        }

        @Override
        public boolean ended() {
            return inner.ended();
        }

        @Override
        public void whenMeerkatCloses(Runnable task) {
            inner.whenMeerkatCloses(task);
        }

        @Override
        public void close() {
            handles.closed(this);
            inner.close();
        }
    }

    private static final class TrackedReadyStream extends TrackedStream implements ReadyEventStream {
        private final ReadyEventStream inner;

        TrackedReadyStream(ReadyEventStream inner, OpenHandles handles) {
            super(inner, handles);
            this.inner = inner;
        }

        @Override
        public void whenReady(Runnable listener, Predicate<SessionEvent.InputAdmitted> matters) {
            inner.whenReady(listener, matters);
        }

        @Override
        public void rest() {
            inner.rest();
        }
    }
}
