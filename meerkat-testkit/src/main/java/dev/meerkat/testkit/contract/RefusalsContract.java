package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand.Input;
import dev.meerkat.api.CommsCommand.PeerLifecycle;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.TurnContext;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Good values at the wrong time or place: refused with their own type, and nothing half done. */
public abstract class RefusalsContract extends ContractChapter {
    private static final RequestId UNKNOWN = new RequestId(new UUID(1, 2));
    private static final PeerRef A = PeerRef.named("a");

    /** For subclasses. */
    protected RefusalsContract() {}

    @Test
    @Requires({Capability.PEER_NAMES, Capability.REALM_TRUST})
    public void everyKindOfPeerCommandToAnUnknownPeerIsRefused() throws Exception {
        Session a = idle("a");
        Session b = idle("b");

        for (ThrowingCallable call : everyKind("nobody", a)) {
            refused(PeerNotFoundException.class, call, a, b).hasMessageContaining("nobody");
        }
    }

    @Test
    @Requires({Capability.PEER_NAMES, Capability.REALM_TRUST})
    public void everyKindOfPeerCommandToOneselfIsRefused() throws Exception {
        Session a = idle("a");
        Session b = idle("b");

        for (ThrowingCallable call : everyKind("a", a)) {
            refused(SelfSendException.class, call, a, b).hasMessageContaining("to");
        }
    }

    @Test
    @Requires({Capability.PEER_NAMES, Capability.REALM_TRUST})
    public void aReplyToAnUnknownRequestIsRefused() throws Exception {
        Session a = idle("a");
        Session b = idle("b");

        refused(RequestNotFoundException.class, () -> b.send(PeerResponse.completed(A, UNKNOWN, Json.NULL)), a, b)
                .hasMessageContaining("in_reply_to")
                .hasMessageContaining(UNKNOWN.toString());
        refused(RequestNotFoundException.class, () -> b.send(PeerResponse.accepted(A, UNKNOWN)), a, b);
    }

    @Test
    @Requires({Capability.PEER_NAMES, Capability.REALM_TRUST})
    public void aReplyBySomebodyElseOrToSomebodyElseIsRefused() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Session c = idle("c");
        RequestId request = requested(a, b);
        PeerResponse toA = PeerResponse.completed(A, request, Json.NULL);
        PeerResponse toC = PeerResponse.completed(PeerRef.named("c"), request, Json.NULL);

        refused(RequestNotFoundException.class, () -> c.send(toA), a, c);
        refused(RequestNotFoundException.class, () -> b.send(toC), b, c);
    }

    @Test
    @Requires({Capability.PEER_NAMES, Capability.REALM_TRUST})
    public void aSecondTerminalReplyIsRefusedAndTheFirstStands() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        RequestId request = requested(a, b);
        PeerResponse response = PeerResponse.completed(A, request, Json.parse("1"));
        watch(a).completed(new InputId(b.send(response).envelopeId().value()));

        refused(AlreadyAnsweredException.class, () -> b.send(response), a, b)
                .hasMessageContaining("in_reply_to")
                .hasMessageContaining(request.toString());
        refused(AlreadyAnsweredException.class, () -> b.send(PeerResponse.failed(A, request, Json.NULL)), a, b);
        refused(AlreadyAnsweredException.class, () -> b.send(PeerResponse.accepted(A, request)), a, b);
    }

    @Test
    public void anArchivedSessionTakesNothing() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        a.archive();
        ExternalEvent event = ExternalEvent.genericJson("push", Json.NULL);

        refused(SessionArchivedException.class, () -> a.send(Input.of("x")), a, b)
                .hasMessageContaining(a.id().toString());
        refused(SessionArchivedException.class, () -> start(a, "x"), a, b);
        refused(SessionArchivedException.class, () -> a.sendExternalEvent(event), a, b);
        List<ThrowingCallable> sends =
                lacks(Capability.FREE_INTENTS) ? List.of(() -> a.send(PeerMessage.to("b", "x"))) : everyKind("b", a);
        for (ThrowingCallable call : sends) {
            refused(SessionArchivedException.class, call, a, b);
        }
    }

    @Test
    public void aClosedMeerkatTakesNothing() throws Exception {
        Session a = idle("a");
        idle("b");
        Seen.Trace before = trace(a);
        Meerkat closed = meerkat();

        closed.close();
        closed.close();

        for (ThrowingCallable call : everyCall(closed, a)) {
            assertThat(catchThrowable(call)).isInstanceOf(MeerkatClosedException.class);
        }
        assertThat(a.id()).isNotNull();
        fixture().restart();
        assertThat(trace(again(a))).isEqualTo(before);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aBadCommandOfAnAgentIsRefusedWithinItsTurnWhichGoesOn() throws Exception {
        Session a = idle("a");
        idle("b");
        fixture().agent(turn -> String.join(" ", codesOfBadCommands(turn)));

        assertThat(handled(a, "work"))
                .isEqualTo("peer_not_found_or_not_trusted self_send unknown_request "
                        + "invalid_command invalid_command invalid_command");
        assertLogged(a, SessionEvent.PeerSent.class, 0);
    }

    private static List<String> codesOfBadCommands(TurnContext turn) {
        List<String> codes = new ArrayList<>();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> turn.comms().send(PeerMessage.to("nobody", "x")),
                () -> turn.comms().send(PeerMessage.to("a", "x")),
                () -> turn.comms().send(PeerResponse.accepted(PeerRef.named("b"), UNKNOWN)),
                () -> turn.comms().reply(turn.inputs().get(0), "x"),
                () -> turn.comms().respond(turn.inputs().get(0), Json.NULL),
                () -> turn.comms().send(Input.of("x")))) {
            Throwable refusal = catchThrowable(call);
            codes.add(refusal instanceof NotDoneException typed ? typed.code() : String.valueOf(refusal));
        }
        return codes;
    }

    private static List<ThrowingCallable> everyCall(Meerkat meerkat, Session session) {
        return List.of(
                () -> meerkat.create(SessionSpec.ofPrompt("x")),
                () -> meerkat.open(session.id()),
                () -> meerkat.open("a"),
                () -> meerkat.list(SessionQuery.all()),
                session::snapshot,
                session::peers,
                session::interrupt,
                session::archive,
                () -> session.startTurn("x"),
                () -> session.send(Input.of("x")),
                () -> session.send(PeerMessage.to("b", "x")),
                () -> session.request(PeerRequest.to("b", "x", Json.NULL)),
                () -> session.reply(UNKNOWN),
                () -> session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL)),
                () -> session.inputStatus(new InputId(new UUID(1, 2))),
                () -> session.events(Cursor.START),
                () -> session.history(0, 1));
    }

    private List<ThrowingCallable> everyKind(String to, Session from) {
        PeerRef ref = PeerRef.named(to);
        List<ThrowingCallable> calls = new ArrayList<>(List.of(
                () -> from.send(PeerMessage.to(ref, "x")),
                () -> from.send(new PeerLifecycle(ref, LifecycleKind.PEER_ADDED, Json.parse("{\"peer\":\"c\"}"))),
                () -> from.send(PeerRequest.to(ref, "x", Json.NULL)),
                () -> from.send(PeerResponse.accepted(ref, UNKNOWN))));
        if (!lacks(Capability.REPLY_HANDLES)) {
            calls.add(() -> from.request(PeerRequest.to(ref, "x", Json.NULL)));
        }
        return calls;
    }

    /** A request that the peer's agent has seen and not answered. */
    private RequestId requested(Session a, Session b) throws InterruptedException {
        var receipt = a.send(PeerRequest.to("b", "sum", Json.NULL));
        watch(b).completed(new InputId(receipt.envelopeId().value()));
        return receipt.requestId();
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(
            Class<? extends NotDoneException> type, ThrowingCallable call, Session one, Session other)
            throws InterruptedException {
        List<Seen.Trace> before = List.of(trace(one), trace(other));
        Throwable refusal = catchThrowable(call);
        assertThat(refusal).isInstanceOf(type);
        assertThat(List.of(trace(one), trace(other))).isEqualTo(before);
        return assertThat(refusal);
    }
}
