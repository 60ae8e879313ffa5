package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** External events: admitted once per key, whole, and awake at once. */
@Requires(Capability.EVENT_DEDUPE)
public abstract class ExternalEventsContract extends ContractChapter {
    private static final ExternalEvent EVENT = ExternalEvent.genericJson(
                    "workflow_run", Json.parse("{\"conclusion\":\"success\",\"run\":12345678901234567890}"))
            .withIdempotencyKey("delivery-1");

    /** For subclasses. */
    protected ExternalEventsContract() {}

    @Test
    @Needs(Detail.INPUT_EVENTS)
    public void anAcceptedEventNamesItsInputAndItsPlaceInTheLog() throws Exception {
        Session session = idle("a");

        EventOutcome.Accepted accepted = accepted(session.sendExternalEvent(EVENT));

        AdmittedInput admitted = watch(session).admitted("workflow_run").input();
        assertThat(admitted.id()).isEqualTo(accepted.inputId().orElseThrow());
        assertThat(admitted.position()).isEqualTo(accepted.position().orElseThrow());
        assertThat(admitted.body()).isEqualTo(new InputBody.External(EVENT));
    }

    @Test
    @Requires(Capability.EVENT_WAKE)
    @Needs(Detail.SCRIPTED_AGENT)
    public void anAcceptedEventWakesAKeepAliveSession() throws Exception {
        Session session = idle("a");
        fixture().agent(Seen.ECHO);

        EventOutcome.Accepted accepted = accepted(session.sendExternalEvent(EVENT));

        assertThat(watch(session).completed(accepted.inputId().orElseThrow()).text())
                .isEqualTo("workflow_run");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theWholeEventReachesTheAgent() throws Exception {
        Session session = idle("a");
        var got = new LinkedBlockingQueue<InputBody>();
        fixture().agent(turn -> {
            turn.inputs().forEach(input -> got.add(input.body()));
            return "ok";
        });
        ExternalEvent event = ExternalEvent.genericJson(
                        "alert.fired",
                        Json.parse(
                                "{\"deep\":{\"list\":[1,2.50,-0,1e400,true,null,\"\\u0000ü世\uD83D\uDC3F\"]},\"\":\"\"}"))
                .withSource(told(Detail.EVENT_SOURCES) ? "prometheus" : "alert.fired")
                .withBlocks(List.of(new ContentBlock.Text("see the graph"), new ContentBlock.Image("image/png", "iVB")))
                .withIdempotencyKey("key/with?signs=&ü");

        session.sendExternalEvent(event);

        assertThat(got.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(new InputBody.External(event));
    }

    @Test
    @Requires(Capability.EVENT_RECEIPTS)
    @Needs(Detail.INPUT_EVENTS)
    public void aSecondDeliveryIsADuplicateWithTheFirstReceiptAndDoesNothing() throws Exception {
        Session session = idle("a");
        EventOutcome.Accepted first = accepted(session.sendExternalEvent(EVENT));
        watch(session).completed(first.inputId().orElseThrow());
        Seen.Trace before = trace(session);

        EventOutcome second = session.sendExternalEvent(EVENT);

        assertThat(second).isEqualTo(duplicateOf(first));
        assertThat(trace(session)).isEqualTo(before);
        handled(session, "marker");
        assertThat(Seen.times(session, "workflow_run")).isEqualTo(1);
    }

    @Test
    @Requires(Capability.EVENT_RECEIPTS)
    public void aDuplicateIsRecognisedWhileTheFirstStillWaits() throws Exception {
        Session session = idle(SessionSpec.ofPrompt("start").withCommsName("a"));
        EventOutcome.Accepted first = accepted(session.sendExternalEvent(EVENT));

        assertThat(session.sendExternalEvent(EVENT)).isEqualTo(duplicateOf(first));
        assertThat(session.snapshot().waitingExternal())
                .isEqualTo(told(Detail.LANE_COUNTS) ? OptionalLong.of(1) : OptionalLong.empty());
    }

    @Test
    @Requires(Capability.EVENT_RECEIPTS)
    public void whiteSpaceInThePayloadMakesNoDifference() throws Exception {
        Session session = idle("a");
        ExternalEvent dense =
                ExternalEvent.genericJson("push", Json.parse("{\"a\":[1,2]}")).withIdempotencyKey("1");
        ExternalEvent spaced = ExternalEvent.genericJson("push", Json.parse(" { \"a\" : [ 1,\n2 ] } "))
                .withIdempotencyKey("1");

        accepted(session.sendExternalEvent(dense));

        assertThat(session.sendExternalEvent(spaced)).isInstanceOf(EventOutcome.Duplicate.class);
    }

    @Test
    @Requires(Capability.EVENT_RECEIPTS)
    @Needs(Detail.INPUT_EVENTS)
    public void anotherOrderOfNamesAndSpellingOfValuesIsTheSameContentAndWhatCameFirstIsKept() throws Exception {
        Session session = idle("a");
        String first = "{\"v\":1e-7,\"n\":[-0,100,1.50],\"t\":\"A/\",\"o\":{\"x\":null,\"y\":12345678901234567890}}";
        List<String> same = List.of(
                "{\"n\":[0,1E2,1.5],\"o\":{\"y\":1.2345678901234567890e19,\"x\":null},\"t\":\"\\u0041\\/\",\"v\":0.0000001}",
                "{\"o\":{\"x\":null,\"y\":12345678901234567890},\"v\":0.1E-6,\"n\":[0.0,100.0,15e-1],\"t\":\"A/\"}");
        List<String> others = List.of(
                first.replace("1e-7", "1e-8"),
                first.replace("[-0,100,1.50]", "[100,-0,1.50]"),
                first.replace("67890", "67891"),
                first.replace("null", "false"));
        EventOutcome.Accepted accepted = accepted(session.sendExternalEvent(json(first)));

        for (String text : same) {
            assertThat(session.sendExternalEvent(json(text))).isEqualTo(duplicateOf(accepted));
        }
        for (String text : others) {
            assertThat(session.sendExternalEvent(json(text))).isInstanceOf(EventOutcome.Conflict.class);
        }
        InputBody admitted = watch(session).admitted("push").input().body();
        assertThat(((InputBody.External) admitted).event().payload().text()).isEqualTo(first);
    }

    private static ExternalEvent json(String payload) {
        return ExternalEvent.genericJson("push", Json.parse(payload)).withIdempotencyKey("1");
    }

    @Test
    @Requires(Capability.EVENT_RECEIPTS)
    public void theSameKeyWithOtherContentIsAConflictAndDoesNothing() throws Exception {
        Session session = idle("a");
        EventOutcome.Accepted first = accepted(session.sendExternalEvent(EVENT));
        handled(session, first);
        Seen.Trace before = trace(session);
        List<ExternalEvent> others = new ArrayList<>(List.of(
                ExternalEvent.genericJson("other_type", EVENT.payload()).withIdempotencyKey("delivery-1"),
                ExternalEvent.genericJson("workflow_run", Json.EMPTY_OBJECT).withIdempotencyKey("delivery-1"),
                EVENT.withBlocks(List.of(new ContentBlock.Text("more")))));
        if (told(Detail.EVENT_SOURCES)) {
            others.add(others.get(0).withSource(EVENT.source()));
            others.add(EVENT.withSource("elsewhere"));
        }

        for (ExternalEvent other : others) {
            assertThat(session.sendExternalEvent(other))
                    .isEqualTo(new EventOutcome.Conflict(first.inputId(), "delivery-1"));
        }

        assertThat(trace(session)).isEqualTo(before);
        assertThat(session.sendExternalEvent(EVENT)).isInstanceOf(EventOutcome.Duplicate.class);
    }

    @Test
    @Requires(Capability.EVENT_RECEIPTS)
    public void withoutAKeyEveryDeliveryCounts() throws Exception {
        Session session = idle("a");
        ExternalEvent event = ExternalEvent.genericJson("tick", Json.NULL);

        EventOutcome.Accepted first = accepted(session.sendExternalEvent(event));
        EventOutcome.Accepted second = accepted(session.sendExternalEvent(event));
        handled(session, second);

        assertThat(first.inputId()).isNotEqualTo(second.inputId());
        assertThat(Seen.times(session, "tick")).isEqualTo(2);
    }

    @Test
    public void aKeyBelongsToItsSession() throws Exception {
        Session a = idle("a");
        Session b = idle("b");

        accepted(a.sendExternalEvent(EVENT));
        accepted(b.sendExternalEvent(EVENT));
    }

    @Test
    public void keysThatDifferOnlyInCaseAreDifferent() throws Exception {
        Session session = idle("a");

        accepted(session.sendExternalEvent(EVENT.withIdempotencyKey("key")));
        accepted(session.sendExternalEvent(EVENT.withIdempotencyKey("KEY")));
    }

    @Test
    @Requires(Capability.EVENT_RECEIPTS)
    public void ofDeliveriesAtTheSameTimeExactlyOneIsAccepted() throws Exception {
        Session session = idle("a");
        List<Future<EventOutcome>> deliveries = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            deliveries.add(async(() -> session.sendExternalEvent(EVENT)));
        }

        List<EventOutcome> outcomes = new ArrayList<>();
        for (Future<EventOutcome> delivery : deliveries) {
            outcomes.add(delivery.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        }

        EventOutcome.Accepted accepted = accepted(outcomes.stream()
                .filter(EventOutcome.Accepted.class::isInstance)
                .findFirst()
                .orElseThrow());
        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.equals(accepted))
                .hasSize(7)
                .containsOnly(duplicateOf(accepted));
        if (told(Detail.INPUT_EVENTS)) {
            assertThat(Seen.log(session, SessionEvent.InputAdmitted.class)).hasSize(2);
        }
        handled(session, accepted);
        assertThat(Seen.times(session, "workflow_run")).isEqualTo(1);
    }

    @Test
    @Requires(Capability.EVENT_RECEIPTS)
    public void aKeyIsRememberedOverARestart() throws Exception {
        keyIsRememberedAfter(fixture()::restart);
    }

    @Test
    @Requires(Capability.EVENT_RECEIPTS)
    @Needs(Detail.CRASH)
    public void aKeyIsRememberedOverACrash() throws Exception {
        keyIsRememberedAfter(fixture()::crash);
    }

    private void keyIsRememberedAfter(Runnable interruption) throws Exception {
        Session session = idle("a");
        EventOutcome.Accepted first = accepted(session.sendExternalEvent(EVENT));
        handled(session, first);

        interruption.run();

        assertThat(again(session).sendExternalEvent(EVENT)).isEqualTo(duplicateOf(first));
        assertThat(again(session).sendExternalEvent(EVENT.withBlocks(List.of(new ContentBlock.Text("more")))))
                .isEqualTo(new EventOutcome.Conflict(first.inputId(), "delivery-1"));
    }

    /** Waits until a turn has handled an event; a prompt wakes what the event does not. */
    private void handled(Session session, EventOutcome.Accepted event) throws InterruptedException {
        if (lacks(Capability.EVENT_WAKE)) {
            completed(session.startTurn("go on"));
        } else {
            watch(session).completed(event.inputId().orElseThrow());
        }
    }

    private static EventOutcome.Duplicate duplicateOf(EventOutcome.Accepted first) {
        return new EventOutcome.Duplicate(first.inputId().orElseThrow(), first.position(), false);
    }

    private static EventOutcome.Accepted accepted(EventOutcome outcome) {
        assertThat(outcome).isInstanceOf(EventOutcome.Accepted.class);
        return (EventOutcome.Accepted) outcome;
    }
}
