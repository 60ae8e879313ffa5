package dev.meerkat.client.internal.wire;

import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Lane;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The errors of servers that say, with {@code outcome} and {@code kind} in the data, which error of the API it was.
 * What such an error is about stands in its message only.
 */
final class KindFaults {
    private static final Pattern NAME_TAKEN =
            Pattern.compile("comms_name is taken in realm \"(.*)\": \"(.*)\" \\(by session (\\S+)\\)", Pattern.DOTALL);
    private static final Pattern LANE_FULL =
            Pattern.compile("lane (COMMS|EXTERNAL) of session (\\S+) is full at (.+), retry after \\d+ ms");
    private static final Pattern REQUEST = Pattern.compile("in_reply_to (.+): (\\S+)");

    private KindFaults() {}

    /** The error of any call; session is null for a call on none. */
    static Optional<MeerkatException> typed(Fault fault, @Nullable SessionId session) {
        return switch (kind(fault)) {
            case SessionNotFoundException.CODE ->
                Optional.of(new SessionNotFoundException(session == null ? fault.message() : session.toString()));
            case NotSupportedException.CODE -> Optional.of(new NotSupportedException(fault.message()));
            case LaneFullException.CODE -> laneFull(fault);
            case CommsNameTakenException.CODE -> nameTaken(fault);
            case RequestNotFoundException.CODE -> unknownRequest(fault);
            case AlreadyAnsweredException.CODE -> about(fault, REQUEST).flatMap(KindFaults::answered);
            default -> Optional.empty();
        };
    }

    /** The error of a send, which may be about the recipient. */
    static Optional<MeerkatException> ofSend(Fault fault, SessionId session, CommsCommand<?> command) {
        return switch (kind(fault)) {
            case PeerNotFoundException.CODE -> command.recipient().map(to -> new PeerNotFoundException(to, List.of()));
            case PeerAmbiguousException.CODE -> command.recipient().map(KindFaults::ambiguous);
            case SelfSendException.CODE -> command.recipient().map(SelfSendException::new);
            default -> typed(fault, session);
        };
    }

    private static MeerkatException ambiguous(PeerRef to) {
        return new PeerAmbiguousException(to, List.of());
    }

    private static String kind(Fault fault) {
        boolean refused = Fields.textOr(fault.data(), "outcome", "").equals("not_done");
        return refused ? Fields.textOr(fault.data(), "kind", "") : "";
    }

    private static Optional<Matcher> about(Fault fault, Pattern pattern) {
        return Optional.of(pattern.matcher(fault.message())).filter(Matcher::find);
    }

    private static Optional<MeerkatException> laneFull(Fault fault) {
        Duration retry = Duration.ofMillis(
                Math.max(1, Fields.optionalCount(fault.data(), "retry_after_ms").orElse(1L)));
        return about(fault, LANE_FULL)
                .flatMap(full -> id(full.group(2), SessionId::of)
                        .map(session ->
                                new LaneFullException(session, Lane.valueOf(full.group(1)), full.group(3), retry)));
    }

    private static Optional<MeerkatException> nameTaken(Fault fault) {
        return about(fault, NAME_TAKEN)
                .flatMap(taken -> id(taken.group(3), SessionId::of)
                        .map(holder -> new CommsNameTakenException(taken.group(1), taken.group(2), holder)));
    }

    private static Optional<MeerkatException> unknownRequest(Fault fault) {
        return about(fault, REQUEST)
                .flatMap(unknown -> id(unknown.group(2), RequestId::of)
                        .map(request -> new RequestNotFoundException(request, unknown.group(1))));
    }

    private static Optional<MeerkatException> answered(Matcher about) {
        return id(about.group(2), RequestId::of).map(AlreadyAnsweredException::new);
    }

    private static <T> Optional<T> id(String text, Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(text));
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }
}
