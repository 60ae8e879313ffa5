package dev.meerkat.store.sqlite.kill;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TooManySchedulesException;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that is killed while it makes schedules, sends requests that are answered and requests that are not, steers running
 * turns, and creates and archives sessions. It says what was acknowledged, and sends what is due.
 */
public final class ScheduleKillChild {
    static final String TIMED = "timed";
    /** Answers no request. */
    static final String SILENT = "silent";
    /** Answers every request. */
    static final String ANSWERING = "answering";
    /** Begins the line of a request that nobody answers. */
    static final String REQUEST = "request ";
    /** Begins the line of a request that is answered. */
    static final String ANSWERED = "answered ";
    /** Begins the line of an input that goes into the running turn. */
    static final String STEERED = "steered ";
    /** Begins the line of a session that was archived. */
    static final String ARCHIVED = "archived ";

    private static final int DELAYS = 40;

    private ScheduleKillChild() {}

    /**
     * Runs until it is killed.
     *
     * @param args the store's file
     * @throws Exception whatever goes wrong; the parent sees the exit
     */
    public static void main(String[] args) throws Exception {
        SessionStore store = SqliteStore.open(Path.of(args[0]));
        Meerkat meerkat = open(store);
        session(meerkat, SILENT);
        session(meerkat, ANSWERING);
        Session timed = session(meerkat, TIMED);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (int n = 0; ; n++) {
            try {
                Schedule made = timed.later(Duration.ofMillis(n % DELAYS), CommsCommand.Input.of("tick"));
                out.println(made.id());
                Duration time = Duration.ofMillis(1 + n % DELAYS);
                out.println(REQUEST
                        + timed.request(CommsCommand.PeerRequest.to(SILENT, "answer", Json.NULL)
                                        .withTimeToLive(time))
                                .requestId());
                others(meerkat, timed, n, out);
            } catch (LaneFullException e) {
                LockSupport.parkNanos(e.retryAfter().toNanos());
            } catch (TooManySchedulesException e) {
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
        }
    }

    private static void others(Meerkat meerkat, Session timed, int n, PrintStream out) throws InterruptedException {
        if (n % 3 == 0) {
            out.println(ANSWERED
                    + timed.request(CommsCommand.PeerRequest.to(ANSWERING, "answer", Json.NULL))
                            .requestId());
        }
        if (n % 4 == 0) {
            out.println(STEERED
                    + timed.send(CommsCommand.Input.of("now").withHandlingMode(HandlingMode.STEER))
                            .inputId());
        }
        if (n % 20 == 0) {
            Session ended = meerkat.create(SessionSpec.ofPrompt("You end at once."));
            ended.archive();
            out.println(ARCHIVED + ended.id());
        }
    }

    private static String answer(TurnContext turn) throws InterruptedException {
        if (turn.session().commsName().filter(ANSWERING::equals).isPresent()) {
            for (AdmittedInput input : turn.inputs()) {
                if (input.body() instanceof InputBody.PeerRequest) {
                    turn.comms().respond(input, Json.of("answer"));
                }
            }
        }
        return "ok";
    }

    /** A runtime that never gives an input up, for the end of the process is no fault of the input. */
    static Meerkat open(SessionStore store) {
        return MeerkatRuntime.of(ScheduleKillChild::answer)
                .store(store)
                .retry(RetryPolicy.inPlace(1_000_000, Duration.ofSeconds(1), Duration.ofMinutes(1)))
                .open();
    }

    private static Session session(Meerkat meerkat, String name) throws InterruptedException {
        try {
            return meerkat.open(name);
        } catch (SessionNotFoundException e) {
            return meerkat.create(SessionSpec.ofPrompt("You are " + name + ".").withKeepAliveAs(name));
        }
    }
}
