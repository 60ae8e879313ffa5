package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.SessionStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the store says at the end, against what a run was promised. */
final class SeededAudit {
    private record Admission(SessionId session, AdmittedInput input) {}

    private final Map<SessionId, String> names = new LinkedHashMap<>();
    private final List<Admission> admitted = new ArrayList<>();
    private final Map<InputId, List<SessionId>> consumed = new LinkedHashMap<>();
    private final Map<InputId, Integer> inTranscript = new HashMap<>();
    private final Map<SessionId, List<TranscriptEntry.Sent>> sent = new LinkedHashMap<>();
    private final Map<SessionId, List<SessionEvent.PeerSent>> left = new LinkedHashMap<>();
    private final List<SessionEvent> failures = new ArrayList<>();
    private final Map<InputId, List<Instant>> expired = new HashMap<>();
    private final Map<InputId, Instant> staged = new HashMap<>();
    private final Map<RequestId, List<PeerReply>> replies = new HashMap<>();

    static SeededAudit of(SessionStore store, List<SessionId> sessions) {
        SeededAudit audit = new SeededAudit();
        sessions.forEach(id -> audit.read(store, id));
        return audit;
    }

    private void read(SessionStore store, SessionId id) {
        names.put(id, store.load(id).orElseThrow().spec().commsName().orElseThrow());
        for (SessionEvent event : EventDump.events(store, id)) {
            if (event instanceof SessionEvent.InputAdmitted admission) {
                admitted.add(new Admission(id, admission.input()));
            } else if (event instanceof SessionEvent.PeerSent message) {
                left.computeIfAbsent(id, key -> new ArrayList<>()).add(message);
            } else if (event instanceof SessionEvent.InputConsumed consumption) {
                consumption
                        .inputs()
                        .forEach(it -> consumed.computeIfAbsent(it, key -> new ArrayList<>())
                                .add(id));
            } else if (event instanceof SessionEvent.InputExpired expiry) {
                expiry.inputs()
                        .forEach(it -> expired.computeIfAbsent(it, key -> new ArrayList<>())
                                .add(expiry.at()));
            } else if (event instanceof SessionEvent.InputStaged start) {
                start.inputs().forEach(it -> staged.putIfAbsent(it, start.at()));
            } else if (event instanceof SessionEvent.ReplyReceived reply) {
                replies.computeIfAbsent(reply.reply().requestId(), key -> new ArrayList<>())
                        .add(reply.reply());
            } else if (event instanceof SessionEvent.InputDeadLettered
                    || (event instanceof SessionEvent.PeerSendFailed failed
                            && !failed.code().equals(AlreadyAnsweredException.CODE))
                    || event instanceof SessionEvent.Gap) {
                failures.add(event);
            }
        }
        for (TranscriptEntry entry : store.transcript(id, 0, 1_000)) {
            if (entry instanceof TranscriptEntry.Input input) {
                inTranscript.merge(input.input().id(), 1, Integer::sum);
            } else if (entry instanceof TranscriptEntry.Sent message) {
                sent.computeIfAbsent(id, key -> new ArrayList<>()).add(message);
            }
        }
        assertThat(store.outbox(id, 0, 10)).as("outbox of %s", names.get(id)).isEmpty();
    }

    void wasHandledOnce(InputId input, SessionId session) {
        assertThat(timesAdmitted(input))
                .as("acknowledged input %s admitted", input)
                .isEqualTo(1);
        if (expired.containsKey(input)) {
            // Whether that may be is looked at with all others.
            return;
        }
        assertThat(consumed.get(input))
                .as("acknowledged input %s consumed", input)
                .containsExactly(session);
        assertThat(inTranscript.get(input))
                .as("acknowledged input %s in transcript", input)
                .isEqualTo(1);
    }

    void wasHandledAtMostOnce(InputId input, SessionId session) {
        assertThat(timesAdmitted(input)).as("unknown input %s admitted", input).isLessThanOrEqualTo(1);
    }

    private long timesAdmitted(InputId input) {
        return admitted.stream().filter(it -> it.input().id().equals(input)).count();
    }

    void nothingWasHandledTwice() {
        assertThat(failures).isEmpty();
        assertThat(admitted.stream().map(it -> it.input().id())).doesNotHaveDuplicates();
        for (Admission admission : admitted) {
            InputId id = admission.input().id();
            if (expired.containsKey(id)) {
                hasExpiredOnceAndInTime(admission.input());
                continue;
            }
            admission
                    .input()
                    .deadline()
                    .ifPresent(deadline -> assertThat(staged.get(id))
                            .as("when a turn took up %s", admission)
                            .isBefore(deadline));
            assertThat(consumed.get(id)).as("consumption of %s", admission).containsExactly(admission.session());
            assertThat(inTranscript.get(id))
                    .as("transcript entries of %s", admission)
                    .isEqualTo(1);
        }
        assertThat(consumed).hasSize(admitted.size() - expired.size());
    }

    private void hasExpiredOnceAndInTime(AdmittedInput input) {
        Instant deadline = input.deadline().orElseThrow();
        assertThat(expired.get(input.id()))
                .as("expiry of %s", input)
                .singleElement()
                .satisfies(at -> assertThat(at).isAfterOrEqualTo(deadline));
        assertThat(consumed).doesNotContainKey(input.id());
        assertThat(staged).doesNotContainKey(input.id());
        assertThat(inTranscript).doesNotContainKey(input.id());
    }

    int expired() {
        return expired.size();
    }

    /** What a schedule has to say comes once, and not before its time. */
    void cameOnce(Schedule schedule) {
        assertThat(admitted.stream()
                        .filter(it -> it.input().body() instanceof InputBody.Local local
                                && local.firing()
                                        .filter(firing -> firing.scheduleId().equals(schedule.id()))
                                        .isPresent()))
                .as("what came of %s", schedule)
                .singleElement()
                .satisfies(it -> assertThat(it.input().at()).isAfterOrEqualTo(schedule.next()));
    }

    /** A request has one terminal answer, and it is not overdue before its time. */
    void wasAnsweredOnce(RequestId request) {
        List<PeerReply> terminal = replies.getOrDefault(request, List.of()).stream()
                .filter(reply -> reply.status().terminal())
                .toList();
        assertThat(terminal).as("answers to %s", request).hasSize(1);
        if (terminal.get(0).status() == ResponseStatus.OVERDUE) {
            AdmittedInput asked = admitted.stream()
                    .map(Admission::input)
                    .filter(input -> input.id().value().equals(request.value()))
                    .findFirst()
                    .orElseThrow();
            assertThat(terminal.get(0).at()).isAfterOrEqualTo(asked.deadline().orElseThrow());
        }
    }

    /** Messages of the test are numbered in the order of sending. */
    void sendersKeepTheirOrder() {
        Map<String, List<String>> byPair = new LinkedHashMap<>();
        for (Admission admission : admitted) {
            if (admission.input().body() instanceof InputBody.PeerMessage message
                    && message.command().body().startsWith("m")) {
                byPair.computeIfAbsent(message.from().name() + names.get(admission.session()), key -> new ArrayList<>())
                        .add(message.command().body());
            }
        }
        byPair.forEach(
                (pair, bodies) -> assertThat(bodies).as("messages of %s", pair).isSorted());
    }

    /** The log of a sender has what its turns sent, and what its host sent, in the order in which they were sent. */
    void eachReceiverHasTheOrderOfEachSendersLog() {
        names.forEach((sender, senderName) -> names.forEach((receiver, receiverName) -> {
            List<String> arrived = admitted.stream()
                    .filter(it -> it.session().equals(receiver) && senderName.equals(from(it.input())))
                    .map(it -> it.input().id().toString())
                    .toList();
            List<String> logged = left.getOrDefault(sender, List.of()).stream()
                    .filter(it -> it.to().name().equals(receiverName))
                    .map(it -> it.envelopeId().toString())
                    .filter(arrived::contains)
                    .toList();
            assertThat(arrived)
                    .as("all from %s to %s", senderName, receiverName)
                    .isEqualTo(logged);
        }));
    }

    private static @Nullable String from(AdmittedInput input) {
        if (input.body() instanceof InputBody.PeerMessage message) {
            return message.from().name();
        }
        return input.body() instanceof InputBody.PeerRequest request
                ? request.from().name()
                : null;
    }

    void whatAgentsSentArrivedOnceAndInOrder() {
        names.forEach((sender, senderName) -> names.forEach((receiver, receiverName) -> {
            List<String> left = sent.getOrDefault(sender, List.of()).stream()
                    .filter(it -> it.command() instanceof dev.meerkat.api.CommsCommand.PeerMessage message
                            && message.to().equals(PeerRef.named(receiverName)))
                    .map(it -> it.envelopeId().toString())
                    .toList();
            List<String> arrived = admitted.stream()
                    .filter(it -> it.session().equals(receiver))
                    .filter(it -> it.input().body() instanceof InputBody.PeerMessage message
                            && message.from().name().equals(senderName)
                            && message.command().body().startsWith("r"))
                    .map(it -> it.input().id().toString())
                    .toList();
            assertThat(arrived)
                    .as("what %s sent to %s", senderName, receiverName)
                    .isEqualTo(left);
        }));
    }
}
