package dev.meerkat.server.internal.wire;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TurnId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has to be remembered of the log to write its next event: the open run with what it took up, and the runs whose
 * retry waits while others run. Bounded. Confined to its writer.
 */
final class RunMemory {
    /** More inputs than one run usually takes; the ends of those beyond are not told one by one. */
    private static final int INPUTS = 1_024;
    /** Tool calls that run at one time. */
    private static final int CALLS = 64;

    /** Runs that wait for their retry. Of more, the end of the oldest is not told if its inputs are handled by others. */
    private static final int WAITING = 64;

    /** An event becomes {@link Sequences#STRIDE} at most, and a begin is two of them. */
    private static final int DISSOLVED = Sequences.STRIDE - 2;

    /**
     * How far back the begin of the open run is looked for at first. A run that has waited for its retry for longer is
     * not remembered: who reads from here is not told its end if others handle its inputs.
     */
    private static final long LOOK_BACK = 120;

    /** The same where no input waits, so that no run does; events may be large. */
    private static final long SHORT_LOOK_BACK = 4;

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
    private final Map<TurnId, Waiting> waiting = new LinkedHashMap<>(0);

    /**
     * A run whose attempt failed. It goes on later, or other runs handle its inputs one by one.
     *
     * @param run the run
     * @param first what it was begun for
     * @param joined what joined it
     * @param code the code of the newest failed attempt
     * @param message what failed in it
     */
    record Waiting(TurnId run, List<InputId> first, List<InputId> joined, String code, String message) {
        boolean tookUp(InputId input) {
            return first.contains(input) || joined.contains(input);
        }
    }

    /**
     * Nothing remembered.
     *
     * @param known whether nothing is all there is: at the begin of a log
     */
    RunMemory(boolean known) {
        this.known = known;
    }

    /**
     * What has to be remembered of the log up to a cursor.
     *
     * @param quiet whether no input waited there
     */
    static RunMemory before(Cursor upTo, Session session, boolean quiet) throws InterruptedException {
        for (long back = quiet ? SHORT_LOOK_BACK : LOOK_BACK; ; back *= FURTHER) {
            long from = Math.max(0, upTo.sequence() - back);
            RunMemory recalled = new RunMemory(from == 0);
            if (upTo.sequence() > 0) {
                Optional<Object> unused = LogStretch.first(session, new Cursor(from), upTo, event -> {
                    recalled.follow(event);
                    return Optional.empty();
                });
            }
            if (recalled.known || from == 0) {
                return recalled;
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

    /** The runs that end because a new run handles some of what they took up: as many as can be told with its begin. */
    List<Waiting> dissolvedBy(List<InputId> inputs) {
        return waiting.values().stream()
                .filter(run -> inputs.stream().anyMatch(run::tookUp))
                .limit(DISSOLVED)
                .toList();
    }

    /** A call was told when it began. */
    void toldCall(String call) {
        if (toldCalls.size() < CALLS) {
            toldCalls.merge(call, 1, Integer::sum);
        }
    }

    /** Whether a call was told when it began; forgets one of those that say the same. */
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
        } else if (event instanceof SessionEvent.TurnCompleted completed) {
            ended(completed.turnId());
        } else if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            ended(interrupted.turnId());
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            failed(failed);
        }
        beginning = false;
        staging = false;
    }

    private void started(SessionEvent.TurnStarted started) {
        boolean other = !started.turnId().equals(run);
        if (other) {
            setAside();
        }
        if (other || started.attempt() == 1) {
            clear();
            run = started.turnId();
            goOn(waiting.remove(run));
        }
        known |= started.attempt() == 1;
        beginning = started.attempt() == 1;
        staging = true;
    }

    /** Another run begins while the open one waits for its retry. */
    private void setAside() {
        if (run != null && !code.isEmpty()) {
            waiting.put(run, new Waiting(run, first, List.copyOf(joined), code, message));
            if (waiting.size() > WAITING) {
                waiting.remove(waiting.keySet().iterator().next());
            }
        }
    }

    private void goOn(@Nullable Waiting resumed) {
        if (resumed != null) {
            first = resumed.first();
            joined.addAll(resumed.joined());
        }
    }

    private void took(List<InputId> inputs) {
        if (beginning) {
            dissolvedBy(inputs).forEach(dissolved -> waiting.remove(dissolved.run()));
        }
        if (beginning || (staging && first.isEmpty())) {
            first = inputs.size() <= INPUTS ? inputs : inputs.subList(0, INPUTS);
        } else if (!staging) {
            int room = INPUTS - first.size() - joined.size();
            joined.addAll(inputs.subList(0, Math.min(Math.max(room, 0), inputs.size())));
        }
    }

    private void failed(SessionEvent.TurnFailed failed) {
        toldCalls.clear();
        if (failed.retryAt().isEmpty()) {
            ended(failed.turnId());
        } else {
            run = failed.turnId();
            code = failed.code();
            message = failed.message();
        }
    }

    private void ended(TurnId ended) {
        if (waiting.remove(ended) == null) {
            clear();
        }
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
