package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.Lane;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.json.internal.WireJson;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The errors of servers that name the error of the API. */
class KindFaultsTest {
    private static final SessionId SESSION = new SessionId(new UUID(0, 1));
    private static final SessionId OTHER = new SessionId(new UUID(0, 2));
    private static final RequestId REQUEST = new RequestId(new UUID(0, 3));
    private static final CommsCommand<?> COMMAND = CommsCommand.PeerMessage.to("b", "x");

    private static Fault fault(String message, String kind) {
        return fault(message, data(kind));
    }

    private static Fault fault(String message, ObjectNode data) {
        return new Fault(-32603, 0, "", message, data);
    }

    private static MeerkatException typed(String message, String kind) {
        return Faults.typed(fault(message, kind), SESSION);
    }

    @Test
    void whatIsNotThereAndWhatCannotBeDone() {
        assertThat(typed("why", "session_not_found")).isInstanceOf(SessionNotFoundException.class);
        assertThat(typed("why", "capability_unavailable"))
                .isInstanceOf(NotSupportedException.class)
                .hasMessage("why");
    }

    @Test
    void whatARefusalIsAboutIsReadFromItsMessage() {
        CommsNameTakenException taken = new CommsNameTakenException("default", "a \"b\"", OTHER);
        RequestNotFoundException unknown = new RequestNotFoundException(REQUEST, "is no request of this session");
        AlreadyAnsweredException answered = new AlreadyAnsweredException(REQUEST);

        for (MeerkatException error : new MeerkatException[] {taken, unknown, answered}) {
            assertThat(typed("validation failed: " + error.getMessage(), error.code()))
                    .hasSameClassAs(error)
                    .hasMessage(error.getMessage());
        }
    }

    @Test
    void aFullLaneSaysWhichItIsAndWhenToTryAgain() {
        LaneFullException full = new LaneFullException(OTHER, Lane.EXTERNAL, "4 inputs", Duration.ofMillis(250));
        ObjectNode data = data("inbox_full").put("retry_after_ms", 250);

        MeerkatException error = Faults.typed(fault(full.getMessage(), data), SESSION);

        assertThat(error).isInstanceOfSatisfying(LaneFullException.class, read -> {
            assertThat(read.lane()).isEqualTo(Lane.EXTERNAL);
            assertThat(read.retryAfter()).isEqualTo(Duration.ofMillis(250));
            assertThat(read).hasMessage(full.getMessage());
        });
    }

    @Test
    void aSendMayBeRefusedForItsRecipient() {
        assertThat(Faults.ofSend(fault("why", "self_send"), SESSION, COMMAND)).isInstanceOf(SelfSendException.class);
        assertThat(Faults.ofSend(fault("why", "peer_ambiguous"), SESSION, COMMAND))
                .isInstanceOf(PeerAmbiguousException.class);
    }

    @Test
    void whatCannotBeReadIsARefusalAllTheSame() {
        assertThat(Faults.typed(new Fault(-32602, 0, "", "another message", data("inbox_full")), SESSION))
                .isExactlyInstanceOf(NotDoneException.class);
        assertThat(Faults.typed(new Fault(-32602, 0, "", "in_reply_to is odd: 1", data("already_answered")), SESSION))
                .isExactlyInstanceOf(NotDoneException.class);
        assertThat(Faults.typed(new Fault(-32602, 0, "", "why", data("other")), SESSION))
                .isExactlyInstanceOf(NotDoneException.class);
    }

    private static ObjectNode data(String kind) {
        return WireJson.object().put("outcome", "not_done").put("kind", kind);
    }
}
