package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.*;
import dev.meerkat.api.CommsCommand.*;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.testkit.MeerkatHarness;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimeSnippetsTest {
    private final MeerkatHarness harness = MeerkatHarness.create();

    private static final class Deployment {
        private static boolean isDone() {
            return false;
        }
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private Session session(Agent agent) throws InterruptedException {
        Session session = harness.answeredBy(agent)
                .meerkat()
                .create(SessionSpec.ofPrompt("begin").withKeepAliveAs("agent-a"));
        harness.settle();
        return session;
    }

    @Test
    void whatComesLaterIsListedTakenBackAndSaysThatNobodyIsThere() throws InterruptedException {
        // snippet: time-agent
        Agent agent = turn -> {
            for (AdmittedInput input : turn.inputs()) {
                if (input.body() instanceof InputBody.Local local
                        && local.firing().isPresent()) {
                    return "nobody reads along, due at " + local.firing().get().due();
                }
            }
            return "hello";
        };
        // end
        Session session = session(agent);
        // snippet: later
        Schedule reminder = session.later(Duration.ofMinutes(10), Input.of("Is the deployment done?"));
        session.later(Instant.parse("2199-12-24T18:00:00Z"), Input.of("Sum up the year."));
        // end
        // snippet: cron
        Timing.Cron weekdays = Timing.Cron.of("0 9 * * MON-FRI", ZoneId.of("Europe/Helsinki"))
                .withMisfire(Timing.Misfire.SKIP)
                .withEnd(Instant.parse("2199-12-31T00:00:00Z"));
        session.schedule(
                ScheduleSpec.cron(weekdays, Input.of("Write the report.")).withKey("report"));
        // end
        assertThat(session.schedules()).hasSize(3).first().isEqualTo(reminder);
        harness.advance(Duration.ofMinutes(10));
        assertThat(session.snapshot().lastAnswer()).contains("nobody reads along, due at " + reminder.next());
        // snippet: schedules
        for (Schedule schedule : session.schedules()) {
            System.out.println(schedule.id() + " is due " + schedule.next());
        }
        boolean wasThere = session.cancel(reminder.id());
        // end
        assertThat(wasThere).isFalse();
    }

    @Test
    void whatIsNotDoneInTimeExpiresOrIsOverdue() throws InterruptedException {
        // snippet: deadline-responder
        Agent responder = turn -> {
            for (AdmittedInput input : turn.inputs()) {
                if (input.body() instanceof InputBody.PeerRequest && !turn.isLate(input)) {
                    turn.comms().respond(input, Json.of(12));
                }
            }
            return "done";
        };
        // end
        Meerkat meerkat = harness.answeredBy(responder).meerkat();
        meerkat.create(SessionSpec.ofPrompt("begin").withCommsName("agent-b"));
        harness.settle(); // its only turn is over when the request comes
        // snippet: deadline
        Session session = meerkat.create(
                SessionSpec.ofPrompt("begin").withKeepAliveAs("agent-a").withTurnLength(Duration.ofMinutes(2)));
        Reply reply = session.request(
                PeerRequest.to("agent-b", "disk_free", Json.NULL).withTimeToLive(Duration.ofMinutes(1)));
        // end
        harness.settle();
        // snippet: time-to-live
        session.send(Input.of("Look at the disk.").withTimeToLive(Duration.ofMinutes(5)));
        session.send(PeerMessage.to("agent-b", "The build is red.").withTimeToLive(Duration.ofHours(1)));
        session.sendExternalEvent(ExternalEvent.genericJson("alert", Json.NULL).withTimeToLive(Duration.ofMinutes(5)));
        // end
        harness.advance(Duration.ofMinutes(1));
        assertThat(reply.await(Duration.ZERO))
                .get()
                .extracting(PeerReply::status)
                .isEqualTo(ResponseStatus.OVERDUE);
    }

    @Test
    void anAgentWakesItself() throws InterruptedException {
        // snippet: wake-me
        Agent watcher = turn -> {
            if (Deployment.isDone()) {
                return "deployed";
            }
            turn.wakeMe(Duration.ofMinutes(10), "Look at the deployment again.");
            return "not yet";
        };
        // end
        Session session = session(watcher);
        assertThat(session.schedules()).hasSize(1);
        harness.advance(Duration.ofHours(1));
        assertThat(session.schedules()).hasSize(1);
        assertThat(session.history(0, 100).entries())
                .filteredOn(TranscriptEntry.Answer.class::isInstance)
                .hasSize(7);
    }
}
