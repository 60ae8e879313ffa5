package dev.meerkat.server.internal.wire;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TurnId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has to be remembered of the log to write its next event: the open run and what it took up. Bounded; nothing between
 * runs. Confined to its writer.
 */
final class RunMemory {
    /** More inputs than one run usually takes; the ends of those beyond are not told one by one. */
    private static final int INPUTS = 1_024;
    /** Tool calls that run at one time. */
    private static final int CALLS = 64;

    /** How far back the begin of the open run is looked for at first. */
    private static final long LOOK_BACK = 120;

    private static final int FURTHER = 8;

    private boolean known;
    private @Nullable TurnId run;
    private boolean beginning;
    private boolean staging;
    private List<InputId> first = List.of();
    private final List<InputId> joined = new ArrayList<>(0);
    /** How many calls that say the same were told when they began. */
    private final Map<String, Integer> toldCalls = new HashMap<>(0);

    private String code = "";
    private String message = "";

    /**
     * Nothing remembered.
     *
     * @param known whether nothing is all there is: at the begin of a log
     */
    RunMemory(boolean known) {
        this.known = known;
    }

    /** What has to be remembered of the log up to a cursor. */
    static RunMemory before(Cursor upTo, Session session) throws InterruptedException {
        for (long back = LOOK_BACK; ; back *= FURTHER) {
            long from = Math.max(0, upTo.sequence() - back);
            RunMemory recalled = new RunMemory(from == 0);
            if (upTo.sequence() > 0) {
                recalled.followLog(session, new Cursor(from), upTo);
            }
            if (recalled.known || from == 0) {
                return recalled;
            }
        }
    }

    private void followLog(Session session, Cursor from, Cursor upTo) throws InterruptedException {
        try (EventStream log = session.events(from)) {
            while (log.position().compareTo(upTo) < 0) {
                Optional<SessionEvent> next = log.next(Duration.ZERO);
                if (next.isEmpty()) {
                    return;
                }
                if (!(next.get() instanceof SessionEvent.Live)) {
                    follow(next.get());
                }
            }
        }
    }

    /** The open run, or null. */
    @Nullable
    TurnId run() {
        return run;
    }

    /** Whether a run began, and what it handles comes next. */
    boolean beginning() {
        return beginning;
    }

    /** What it handles is not told. */
    void begun() {
        beginning = false;
    }

    /** Whether inputs that are taken up now are those of an attempt's begin. */
    boolean staging() {
        return staging;
    }

    /** What the run was begun for. */
    List<InputId> first() {
        return first;
    }

    /** All that the run took up. */
    List<InputId> inputs() {
        List<InputId> all = new ArrayList<>(first);
        all.addAll(joined);
        return all;
    }

    /** The code of the newest failed attempt. */
    String code() {
        return code;
    }

    /** What failed in the newest failed attempt. */
    String message() {
        return message;
    }

    /** A call was told when it began. */
    void toldCall(String call) {
        if (toldCalls.size() < CALLS) {
            toldCalls.merge(call, 1, Integer::sum);
        }
    }

    /** Whether a call was told when it began; forgets one. */
    boolean forgetCall(String call) {
        Integer told = toldCalls.get(call);
        if (told == null) {
            return false;
        }
        toldCalls.computeIfPresent(call, (same, count) -> count > 1 ? count - 1 : null);
        return true;
    }

    /** An event of the log happened. */
    void follow(SessionEvent event) {
        if (event instanceof SessionEvent.TurnStarted started) {
            started(started);
            return;
        }
        if (event instanceof SessionEvent.InputStaged staged) {
            took(staged.inputs());
        } else if (event instanceof SessionEvent.TurnCompleted || event instanceof SessionEvent.TurnInterrupted) {
            ended();
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            failed(failed);
        }
        beginning = false;
        staging = false;
    }

    private void started(SessionEvent.TurnStarted started) {
        if (started.attempt() == 1 || !started.turnId().equals(run)) {
            clear();
            run = started.turnId();
        }
        known |= started.attempt() == 1;
        beginning = started.attempt() == 1;
        staging = true;
    }

    private void took(List<InputId> inputs) {
        if (beginning) {
            first = inputs.size() <= INPUTS ? inputs : inputs.subList(0, INPUTS);
        } else if (!staging) {
            int room = INPUTS - first.size() - joined.size();
            joined.addAll(inputs.subList(0, Math.min(Math.max(room, 0), inputs.size())));
        }
    }

    private void failed(SessionEvent.TurnFailed failed) {
        toldCalls.clear();
        if (failed.retryAt().isEmpty()) {
            ended();
        } else {
            run = failed.turnId();
            code = failed.code();
            message = failed.message();
        }
    }

    private void ended() {
        clear();
        known = true;
    }

    private void clear() {
        run = null;
        first = List.of();
        joined.clear();
        toldCalls.clear();
        code = "";
        message = "";
    }
}
