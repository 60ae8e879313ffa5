package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Session;
import java.lang.reflect.Method;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What a lacking capability means, in one place: the call that needs it is refused with its type,
 * and nothing less is done silently.
 */
final class LackingCapability implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext,
            ExtensionContext extensionContext)
            throws Throwable {
        ContractChapter chapter = (ContractChapter) extensionContext.getRequiredTestInstance();
        Requires requires = AnnotationSupport.findAnnotation(invocationContext.getExecutable(), Requires.class)
                .or(() -> AnnotationSupport.findAnnotation(chapter.getClass(), Requires.class))
                .orElse(null);
        if (requires == null || !chapter.fixture().lacking().contains(requires.value())) {
            invocation.proceed();
        } else {
            invocation.skip();
            assertRefused(chapter, requires.value());
        }
    }

    static void assertRefused(ContractChapter chapter, Capability lacking) throws InterruptedException {
        assertThat(chapter.meerkat().capabilities().has(lacking)).isFalse();
        Session a = chapter.idle("a");
        Session b = chapter.idle("b");
        switch (lacking) {
            case PEER_NAMES -> refused(() -> a.send(CommsCommand.PeerMessage.to("b", "hello")));
            case REALM_TRUST -> assertStrangers(a, b);
            case FREE_INTENTS -> refused(() -> a.send(CommsCommand.PeerRequest.to("b", "any intent", Json.NULL)));
            case REPLY_HANDLES -> refused(() -> a.request(CommsCommand.PeerRequest.to("b", "sum", Json.NULL)));
            case EVENT_WAKE -> assertEventWaits(a);
            case EVENT_DEDUPE ->
                refused(() -> a.sendExternalEvent(
                        ExternalEvent.genericJson("push", Json.NULL).withIdempotencyKey("1")));
            case EVENT_RECEIPTS -> assertNoReceipt(a);
            case EVENT_REPLAY -> refused(() -> a.events(Cursor.START));
            case STEER -> refused(() -> a.send(CommsCommand.Input.of("now").withHandlingMode(HandlingMode.STEER)));
            case DURABLE ->
                assertThat(a.send(CommsCommand.Input.of("hello")).delivery()).isNotInstanceOf(Delivery.Durable.class);
        }
    }

    private static void refused(ThrowingCallable call) {
        assertThatExceptionOfType(NotSupportedException.class).isThrownBy(call);
    }

    /** The event is admitted all the same, and it is the next turn that sees it. */
    private static void assertEventWaits(Session session) throws InterruptedException {
        assertThat(session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL)))
                .isInstanceOf(EventOutcome.Accepted.class);
        long before = session.snapshot().messageCount();
        assertThat(session.startTurn("go on").await(ContractChapter.PATIENCE)).isPresent();
        // The event, the prompt and the answer.
        assertThat(session.snapshot().messageCount()).isEqualTo(before + 3);
    }

    private static void assertNoReceipt(Session session) throws InterruptedException {
        EventOutcome outcome = session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        EventOutcome.Accepted.class,
                        accepted -> assertThat(accepted.inputId()).isEqualTo(InputId.UNKNOWN));
    }

    /** Who does not trust the other does not see it either. */
    private static void assertStrangers(Session a, Session b) throws InterruptedException {
        assertThat(a.peers()).isEmpty();
        PeerRef ref = PeerRef.id(b.snapshot().peerId().orElseThrow());
        assertThatExceptionOfType(NotDoneException.class)
                .isThrownBy(() -> a.send(CommsCommand.PeerMessage.to(ref, "hello")))
                .isInstanceOf(PeerNotFoundException.class);
    }
}
