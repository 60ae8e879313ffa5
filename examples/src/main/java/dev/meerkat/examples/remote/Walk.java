package dev.meerkat.examples.remote;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand.Input;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Peer;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the program does; it knows the interfaces only, and asks what cannot be done before it tries. */
final class Walk {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Meerkat meerkat;
    private final Capabilities can;
    private final PrintStream out;

    Walk(Meerkat meerkat, PrintStream out) {
        this.meerkat = meerkat;
        this.can = meerkat.capabilities();
        this.out = out;
    }

    void run() throws InterruptedException {
        out.println("== on " + can.name() + " " + can.version());
        for (Capability capability : Capability.values()) {
            if (!can.has(capability)) {
                out.println("  cannot: " + Lines.of(capability));
            }
        }
        Session a = create("agent-a", "coordinator");
        Session b = create("agent-b", "builder");
        try {
            input(a);
            message(a);
            event(a);
            history(a);
            replay(a);
        } finally {
            a.archive();
            b.archive();
        }
        out.println("== both sessions are archived");
    }

    private Session create(String name, String role) throws InterruptedException {
        Session session = meerkat.create(SessionSpec.ofPrompt("You are a " + role + ".")
                .withKeepAliveAs(name)
                .withLabels(Map.of("example", "remote")));
        out.println("== " + name + " is there");
        Optional<Turn> first = session.initialTurn();
        if (first.isPresent()) {
            tell(first.get().await(PATIENCE));
        }
        return session;
    }

    private void tell(Optional<TurnOutcome> outcome) {
        out.println("  " + outcome.map(Lines::of).orElse("has not ended yet"));
    }

    /** Wakes the session, and watches it live. */
    private void input(Session session) throws InterruptedException {
        out.println("== an input for agent-a");
        try (EventStream events = session.eventsFromNow()) {
            Receipt.InputAccepted receipt = session.send(Input.of("Status, please."));
            out.println("  accepted, " + Lines.of(receipt.delivery()));
            watch(events);
        }
    }

    private void watch(EventStream events) throws InterruptedException {
        Optional<SessionEvent> event = events.next(PATIENCE);
        while (event.isPresent()) {
            Lines.of(event.get()).ifPresent(line -> out.println("  live: " + line));
            if (Lines.endsTurn(event.get())) {
                return;
            }
            event = events.next(PATIENCE);
        }
        out.println("  nothing more happens");
    }

    private void message(Session session) throws InterruptedException {
        List<String> peers = session.peers().stream().map(Peer::name).toList();
        out.println("== agent-a has the peers " + peers);
        if (peers.contains("agent-b")) {
            Receipt.PeerMessageSent sent = session.send(PeerMessage.to("agent-b", "Please build the release."));
            out.println("  sent, " + Lines.of(sent.delivery()));
        } else {
            out.println("  so it cannot write to agent-b here");
        }
    }

    /** With a key where keys are taken, so that it may be sent twice. */
    private void event(Session session) throws InterruptedException {
        out.println("== an external event for agent-a");
        ExternalEvent event = ExternalEvent.genericJson("deploy_complete", Json.of(Map.of("environment", "prod")));
        boolean keyed = can.has(Capability.EVENT_DEDUPE);
        ExternalEvent sent = keyed ? event.withIdempotencyKey("deploy-4711") : event;
        try (EventStream events = session.eventsFromNow()) {
            tell(session.sendExternalEvent(sent));
            if (keyed) {
                tell(session.sendExternalEvent(sent));
            }
            if (can.has(Capability.EVENT_WAKE)) {
                watch(events);
            } else {
                out.println("  it waits for the next turn, which is this one");
                tell(session.startTurn("What has happened?").await(PATIENCE));
            }
        }
    }

    private void tell(EventOutcome outcome) {
        out.println("  " + Lines.of(outcome));
    }

    private void history(Session session) throws InterruptedException {
        out.println("== the history of agent-a");
        for (TranscriptEntry entry : session.history(0, 100).entries()) {
            out.println("  " + Lines.of(entry));
        }
    }

    /** From the start, where there is a log of events. */
    private void replay(Session session) throws InterruptedException {
        if (!can.has(Capability.EVENT_REPLAY)) {
            return;
        }
        int count = 0;
        try (EventStream events = session.events(Cursor.START)) {
            while (events.next(Duration.ZERO).isPresent()) {
                count++;
            }
            out.println("== its log has " + count + " events, up to #" + events.position());
        }
    }
}
