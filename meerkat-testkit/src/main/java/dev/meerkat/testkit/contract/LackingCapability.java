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
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Retention;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What a lacking capability means, in one place: the call that needs it is refused with its type,
 * and nothing less is done silently. A test that needs what a fixture cannot show is skipped, with the
 * reason.
 */
final class LackingCapability implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext,
            ExtensionContext extensionContext)
            throws Throwable {
        ContractChapter chapter = (ContractChapter) extensionContext.getRequiredTestInstance();
        Optional<Capability> lacking = annotated(chapter, invocationContext, Requires.class)
                .flatMap(requires -> Arrays.stream(requires.value()))
                .filter(chapter::lacks)
                .findFirst();
        Optional<Detail> untold = annotated(chapter, invocationContext, Needs.class)
                .flatMap(needs -> Arrays.stream(needs.value()))
                .filter(detail -> !chapter.told(detail))
                .findFirst();
        if (lacking.isEmpty() && untold.isPresent()) {
            invocation.skip();
            Assumptions.abort(untold.get().otherwise());
        } else if (lacking.isEmpty()) {
            invocation.proceed();
        } else {
            invocation.skip();
            if (!chapter.fixture().refusedBefore(lacking.get())) {
                assertRefused(chapter, lacking.get());
            }
            chapter.fixture().refused(lacking.get());
        }
    }

    /** What is said of the chapter, then of the test. */
    private static <A extends Annotation> Stream<A> annotated(
            ContractChapter chapter, ReflectiveInvocationContext<Method> test, Class<A> type) {
        return Stream.of(chapter.getClass(), test.getExecutable())
                .flatMap(element -> AnnotationSupport.findAnnotation(element, type).stream());
    }

    static void assertRefused(ContractChapter chapter, Capability lacking) throws InterruptedException {
        assertThat(chapter.meerkat().capabilities().has(lacking)).isFalse();
        // Names that no other refusal of the same test has.
        Session a = chapter.idle("a-" + lacking);
        Session b = chapter.idle("b-" + lacking);
        switch (lacking) {
            case PEER_NAMES -> refused(() -> a.send(CommsCommand.PeerMessage.to("b-" + lacking, "hello")));
            case REALM_TRUST -> assertStrangers(a, b);
            case FREE_INTENTS -> refused(() -> a.send(anyRequest(b)));
            case REPLY_HANDLES ->
                refused(() -> a.request(CommsCommand.PeerRequest.to("b-" + lacking, "sum", Json.NULL)));
            case EVENT_WAKE -> assertEventWaits(a, b);
            case EVENT_DEDUPE ->
                refused(() -> a.sendExternalEvent(
                        ExternalEvent.genericJson("push", Json.NULL).withIdempotencyKey("1")));
            case EVENT_RECEIPTS -> assertNoReceipt(a);
            case EVENT_REPLAY -> refused(() -> a.events(Cursor.START));
            case STEER -> refused(() -> a.send(CommsCommand.Input.of("now").withHandlingMode(HandlingMode.STEER)));
            case DEAD_LETTERS -> refused(() -> a.deadLetters(0, 1));
            case SCHEDULES -> {
                Duration minute = Duration.ofMinutes(1);
                refused(a::schedules);
                refused(() -> a.send(CommsCommand.Input.of("now").withTimeToLive(minute)));
                refused(() -> a.sendExternalEvent(
                        ExternalEvent.genericJson("push", Json.NULL).withTimeToLive(minute)));
                refused(() ->
                        chapter.meerkat().create(SessionSpec.ofPrompt("hi").withTurnLength(minute)));
            }
            case OPTIONAL_PROMPT -> refused(() -> chapter.meerkat().create(SessionSpec.withoutPrompt()));
            case DELETION -> {
                refused(() -> chapter.meerkat().delete(a.id()));
                refused(() -> chapter.meerkat().list(SessionQuery.all().ofArchived()));
            }
            case RETENTION ->
                refused(() -> chapter.meerkat()
                        .create(SessionSpec.ofPrompt("hi").withRetention(Retention.ofAge(Duration.ofDays(1)))));
            case DURABLE ->
                assertThat(a.send(CommsCommand.Input.of("hello")).delivery()).isNotInstanceOf(Delivery.Durable.class);
        }
    }

    private static void refused(ThrowingCallable call) {
        assertThatExceptionOfType(NotSupportedException.class).isThrownBy(call);
    }

    /** The event is admitted all the same, and it is the next turn that sees it. */
    private static void assertEventWaits(Session session, Session other) throws InterruptedException {
        long before = session.snapshot().messageCount();
        assertThat(session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL)))
                .isInstanceOf(EventOutcome.Accepted.class);
        // A whole turn elsewhere: what would wake wrongly has its chance to.
        assertThat(other.startTurn("elsewhere").await(ContractChapter.PATIENCE)).isPresent();
        assertThat(session.snapshot().messageCount()).isEqualTo(before);

        assertThat(session.startTurn("go on").await(ContractChapter.PATIENCE)).isPresent();

        List<TranscriptEntry> entries =
                session.history(before, Limits.PAGE_ROWS).entries();
        // The event, then the prompt: taken up by one turn with one answer, or by two.
        assertThat(entries.stream()
                        .filter(TranscriptEntry.Input.class::isInstance)
                        .map(entry -> Seen.text(((TranscriptEntry.Input) entry).input())))
                .containsExactly("push", "go on");
        assertThat(entries).hasSizeBetween(3, 4);
        assertThat(entries.get(0)).isInstanceOf(TranscriptEntry.Input.class);
        assertThat(entries.get(entries.size() - 1)).isInstanceOf(TranscriptEntry.Answer.class);
    }

    private static void assertNoReceipt(Session session) throws InterruptedException {
        EventOutcome outcome = session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        EventOutcome.Accepted.class,
                        accepted -> assertThat(accepted.inputId()).isEmpty());
    }

    private static CommsCommand.PeerRequest anyRequest(Session to) throws InterruptedException {
        return CommsCommand.PeerRequest.to(ref(to), "any intent", Json.NULL);
    }

    /** The peer id of a session, or any if a server does not tell it. */
    private static PeerRef ref(Session session) throws InterruptedException {
        return PeerRef.id(session.snapshot().peerId().orElse(new PeerId(new UUID(1, 2))));
    }

    /** Who does not trust the other does not see it either. */
    private static void assertStrangers(Session a, Session b) throws InterruptedException {
        assertThat(a.peers()).isEmpty();
        PeerRef ref = ref(b);
        assertThatExceptionOfType(NotDoneException.class)
                .isThrownBy(() -> a.send(CommsCommand.PeerMessage.to(ref, "hello")))
                .isInstanceOf(PeerNotFoundException.class);
    }
}
