package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.testkit.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** First in, first out for each sender and lane, in turns of bounded size. */
@Needs(Detail.SCRIPTED_AGENT)
public abstract class OrderContract extends ContractChapter {
    /** For subclasses. */
    protected OrderContract() {}

    @Test
    public void inputsAreHandledInTheirOrderInTurnsOfBoundedSize() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);
        for (String body : List.of("1", "2", "3", "4")) {
            session.send(CommsCommand.Input.of(body));
        }

        gate.open();
        watch.completed(watch.admitted("4").input().id());

        assertThat(Seen.turns(session)).containsExactly(List.of("hold"), List.of("1", "2"), List.of("3", "4"));
    }

    @Test
    public void eventsAreNeverReordered() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);
        List<String> sent = new ArrayList<>();
        for (int i = 1; i <= MeerkatFixture.EXTERNAL_INPUTS; i++) {
            sent.add("e" + i);
            session.sendExternalEvent(event("e" + i));
        }

        gate.open();
        watch.completed(
                watch.admitted("e" + MeerkatFixture.EXTERNAL_INPUTS).input().id());

        List<List<String>> turns = Seen.turns(session).stream().skip(1).toList();
        assertThat(turns).allSatisfy(turn -> assertThat(turn).hasSizeLessThanOrEqualTo(MeerkatFixture.TURN_INPUTS));
        assertThat(turns.stream().flatMap(List::stream)).isEqualTo(sent);
    }

    @Test
    public void aTurnTakesFromBothLanesInTheOrderOfAdmission() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);
        session.sendExternalEvent(event("e1"));
        session.send(CommsCommand.Input.of("i1"));
        session.send(CommsCommand.Input.of("i2"));
        session.sendExternalEvent(event("e2"));
        session.sendExternalEvent(event("e3"));
        session.send(CommsCommand.Input.of("i3"));

        gate.open();
        watch.completed(watch.admitted("i3").input().id());

        assertThat(Seen.turns(session))
                .containsExactly(List.of("hold"), List.of("e1", "i1", "i2", "e2"), List.of("e3", "i3"));
    }

    @Test
    public void aFloodOfEventsDoesNotDelayAnInputBeyondTheNextTurn() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);
        for (int i = 1; i <= MeerkatFixture.EXTERNAL_INPUTS; i++) {
            session.sendExternalEvent(event("e" + i));
        }
        session.send(CommsCommand.Input.of("input"));

        gate.open();
        watch.completed(
                watch.admitted("e" + MeerkatFixture.EXTERNAL_INPUTS).input().id());

        assertThat(Seen.turns(session).get(1)).containsExactly("e1", "e2", "input");
    }

    @Test
    public void messagesOfEachSenderKeepTheirOrderAmongThoseOfOthers() throws Exception {
        Session c = idle("c");
        Watch watch = watch(c);
        Session a = idle("a");
        Session b = idle("b");
        Gate gate = hold(c);
        Future<?> fromA = async(() -> sendTwo(a, "a"));
        Future<?> fromB = async(() -> sendTwo(b, "b"));
        fromA.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        fromB.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);

        gate.open();
        watch.completed(watch.admitted("a2").input().id());
        watch.completed(watch.admitted("b2").input().id());

        List<String> handled = Seen.turns(c).stream().flatMap(List::stream).toList();
        assertThat(handled)
                .containsExactlyInAnyOrder("hold", "a1", "a2", "b1", "b2")
                .containsSubsequence("a1", "a2")
                .containsSubsequence("b1", "b2");
    }

    @Test
    public void whatAnAgentSendsInOneStepArrivesInItsOrder() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        fixture().agent(turn -> {
            if (Seen.texts(turn.inputs()).contains("work")) {
                for (String body : List.of("m1", "m2", "m3")) {
                    turn.comms().send(CommsCommand.PeerMessage.to("b", body));
                }
            }
            return "ok";
        });

        handled(a, "work");
        watch(b).admitted("m3");

        assertThat(Seen.log(b, SessionEvent.InputAdmitted.class).stream().skip(1))
                .extracting(event -> Seen.text(event.input()))
                .containsExactly("m1", "m2", "m3");
    }

    @Test
    public void whatIsSentAfterATurnArrivesAfterAllThatTheTurnSent() throws Exception {
        Session a = idle("a");
        Session b = idle(SessionSpec.ofPrompt("You are b.").withCommsName("b"));
        fixture().agent(turn -> {
            if (Seen.texts(turn.inputs()).contains("work")) {
                for (String body : List.of("m1", "m2", "m3")) {
                    turn.comms().send(CommsCommand.PeerMessage.to("b", body));
                }
            }
            return "ok";
        });

        completed(a.startTurn("work"));
        a.send(CommsCommand.PeerMessage.to("b", "m4"));

        assertThat(handledUpTo("m4", b)).containsExactly("m1", "m2", "m3", "m4");
    }

    @Test
    public void whatIsSentToAFullLaneDoesNotPassWhatWaitsForRoom() throws Exception {
        Session b = idle(SessionSpec.ofPrompt("You are b.").withCommsName("b"));
        Session a = idle("a");
        List<String> sent = sendMoreThanTheLaneHolds(a, "m");

        assertThatExceptionOfType(LaneFullException.class)
                .isThrownBy(() -> a.send(CommsCommand.PeerMessage.to("b", "last")));
        sendWhenThereIsRoom(a, b, "last");

        sent.add("last");
        assertThat(handledUpTo("last", b)).isEqualTo(sent);
    }

    @Test
    @Needs(Detail.CRASH)
    public void whatACrashLeftOnItsWayArrivesBeforeAllThatIsNew() throws Exception {
        Session b = idle(SessionSpec.ofPrompt("You are b.").withCommsName("b"));
        Session a = idle("a");
        List<String> sent = sendMoreThanTheLaneHolds(a, "m");

        fixture().crash();
        // What waits at the sender enters the lane at any moment from now on. A turn's send to a full lane would fail
        // its turn, which is then tried again by the clock, so there must be room for it in each case.
        List<String> added = List.of("n1", "n2");
        int handled = 0;
        for (int turns = 0; sent.size() - handled + added.size() > MeerkatFixture.COMMS_INPUTS; turns++) {
            assertThat(turns).as("turns to handle %s", sent).isLessThan(1_000);
            completed(again(b).startTurn("make room"));
            handled = messages(again(b)).size();
        }
        sent.addAll(sendInATurn(again(a), added));
        sendWhenThereIsRoom(again(a), again(b), "last");

        sent.add("last");
        assertThat(handledUpTo("last", again(b))).isEqualTo(sent);
    }

    /** A turn that sends more than its receiver has room for; the rest waits at the sender. */
    private List<String> sendMoreThanTheLaneHolds(Session from, String prefix) throws InterruptedException {
        return sendInATurn(
                from,
                IntStream.rangeClosed(1, MeerkatFixture.COMMS_INPUTS + 2)
                        .mapToObj(i -> prefix + i)
                        .toList());
    }

    private List<String> sendInATurn(Session from, List<String> bodies) throws InterruptedException {
        fixture().agent(turn -> {
            if (Seen.texts(turn.inputs()).contains("send")) {
                for (String body : bodies) {
                    turn.comms().send(CommsCommand.PeerMessage.to("b", body));
                }
            }
            return "ok";
        });
        completed(from.startTurn("send"));
        return new ArrayList<>(bodies);
    }

    private void sendWhenThereIsRoom(Session from, Session to, String body) throws InterruptedException {
        for (int turn = 0; turn < 10; turn++) {
            try {
                from.send(CommsCommand.PeerMessage.to("b", body));
                return;
            } catch (NotDoneException e) {
                completed(to.startTurn("make room"));
            }
        }
        throw new AssertionError("there was room for all, and " + body + " is still refused");
    }

    /** The messages that a session has handled so far, in their order. */
    private static List<String> messages(Session receiver) throws InterruptedException {
        return Seen.inputs(receiver).stream()
                .skip(1)
                .filter(text -> !text.equals("make room"))
                .toList();
    }

    /** The messages that a session has handled, in their order, once it has handled this one. */
    private List<String> handledUpTo(String last, Session receiver) throws InterruptedException {
        for (int turn = 0; turn < 10; turn++) {
            List<String> handled = messages(receiver);
            if (handled.contains(last)) {
                return handled;
            }
            completed(receiver.startTurn("make room"));
        }
        throw new AssertionError(last + " is not handled");
    }

    @Test
    public void theTurnsOfASessionNeverOverlap() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        var running = new java.util.concurrent.atomic.AtomicInteger();
        fixture().agent(turn -> {
            int now = running.incrementAndGet();
            turn.safePoint();
            running.decrementAndGet();
            return "running: " + now;
        });
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < MeerkatFixture.EXTERNAL_INPUTS; i++) {
            String type = "e" + i;
            answers.add(async(() -> {
                session.sendExternalEvent(event(type));
                return type;
            }));
        }

        for (Future<String> answer : answers) {
            String type = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(watch.completed(watch.admitted(type).input().id()).text())
                    .isEqualTo("running: 1");
        }
    }

    private static boolean sendTwo(Session from, String prefix) throws InterruptedException {
        from.send(CommsCommand.PeerMessage.to("c", prefix + "1"));
        from.send(CommsCommand.PeerMessage.to("c", prefix + "2"));
        return true;
    }

    private static ExternalEvent event(String type) {
        return ExternalEvent.genericJson(type, Json.NULL);
    }
}
