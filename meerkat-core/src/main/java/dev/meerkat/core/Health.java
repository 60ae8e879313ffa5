package dev.meerkat.core;

import dev.meerkat.api.SessionId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What keeps a runtime, or its store, from doing all its work at one moment. Immutable.
 *
 * @param problems all that is wrong; empty if nothing is
 */
public record Health(List<Problem> problems) {
    /** Nothing is wrong. */
    public static final Health OK = new Health(List.of());

    /** How much of the work is kept from being done. */
    public enum Status {
        /** Everything works. */
        OK,
        /** Some sessions do not go on; all others do. */
        DEGRADED,
        /** Nothing new is taken. */
        UNAVAILABLE
    }

    /**
     * One thing that is wrong.
     *
     * @param code the stable code of the case, for programs, such as {@code store_unavailable}
     * @param message what is wrong, for people
     * @param session the only session that is concerned; empty if all are
     */
    public record Problem(String code, String message, Optional<SessionId> session) {
        /** Checks the values. */
        public Problem {
            Objects.requireNonNull(code, "code");
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(session, "session");
        }

        /**
         * A problem that concerns all sessions.
         *
         * @param code the stable code of the case
         * @param message what is wrong
         * @return the problem
         */
        public static Problem ofAll(String code, String message) {
            return new Problem(code, message, Optional.empty());
        }

        /**
         * A problem of one session.
         *
         * @param session the session
         * @param code the stable code of the case
         * @param message what is wrong
         * @return the problem
         */
        public static Problem of(SessionId session, String code, String message) {
            return new Problem(code, message, Optional.of(session));
        }
    }

    /** Copies the list. */
    public Health {
        problems = List.copyOf(problems);
    }

    /** {@return how much of the work is kept from being done: the worst that any of the problems means} */
    public Status status() {
        if (problems.isEmpty()) {
            return Status.OK;
        }
        return problems.stream().allMatch(problem -> problem.session().isPresent())
                ? Status.DEGRADED
                : Status.UNAVAILABLE;
    }
}
