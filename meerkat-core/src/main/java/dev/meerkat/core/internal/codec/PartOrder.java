package dev.meerkat.core.internal.codec;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.Track;
import dev.meerkat.wire.internal.form.Node;
import java.util.Locale;

/** Whether parts make up one whole session: that they come in order, and that nothing is missing in the middle. Not thread-safe. */
public final class PartOrder {
    private final SessionPart.Head head;
    private PartForm.Kind kind = PartForm.Kind.SESSION;
    private Marks numbers = Marks.ZERO;
    private Cursor lastEvent = Cursor.START;
    private Cursor lastInput = Cursor.START;
    private Track track = Track.PROMPT;
    private long logged;
    private long entries;

    /** Of the session that begins so. */
    public PartOrder(SessionPart.Head head) {
        this.head = head;
    }

    /**
     * Takes the next part.
     *
     * @throws Node.Malformed if it does not follow
     */
    public void follows(SessionPart part) {
        PartForm.Kind next = PartForm.kind(part);
        if (next.compareTo(kind) < 0 || next == PartForm.Kind.SESSION) {
            throw new Node.Malformed("a part of kind " + name(next) + " stands behind one of kind " + name(kind));
        }
        kind = next;
        if (part instanceof SessionPart.Input input) {
            input(input);
        } else if (part instanceof SessionPart.Event event) {
            Cursor at = event.event().cursor();
            if (event.event() instanceof SessionEvent.InputAdmitted) {
                throw new Node.Malformed("field event admits an input, which stands in a line of its own");
            }
            if (at.compareTo(lastEvent) <= 0 || at.compareTo(head.cut().events()) <= 0) {
                throw new Node.Malformed("field cursor is " + at + ", behind an event at " + lastEvent);
            }
            lastEvent = at;
            logged++;
        } else if (part instanceof SessionPart.Entry) {
            entries++;
        }
    }

    private static String name(PartForm.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private void input(SessionPart.Input input) {
        long before = numbers.get(input.track());
        boolean first = !input.track().equals(track);
        Cursor position = input.input().position();
        if (input.track().compareTo(track) < 0
                || input.number() <= before
                || input.number() > head.admitted().get(input.track())) {
            throw new Node.Malformed("field number is " + input.number() + " in track " + input.track() + ", behind "
                    + before + " and up to " + head.admitted().get(input.track()));
        }
        if (position.compareTo(head.log().last()) > 0 || (!first && position.compareTo(lastInput) <= 0)) {
            throw new Node.Malformed("field position is " + position + ", behind " + lastInput);
        }
        if (input.number() > head.standing().progress().consumed().get(input.track()) + 1
                && input.number() != before + 1) {
            throw new Node.Malformed("a waiting input before number " + input.number() + " is missing");
        }
        track = input.track();
        lastInput = position;
        numbers = numbers.with(track, input.number());
        if (position.compareTo(head.cut().events()) > 0) {
            logged++;
        }
    }

    /**
     * There are no more parts.
     *
     * @throws Node.Malformed if some are missing
     */
    public void end() {
        if (!numbers.equals(head.admitted())) {
            throw new Node.Malformed("the last inputs are missing: there are " + numbers + " of " + head.admitted());
        }
        expect(
                "events",
                logged,
                head.log().last().sequence() - head.cut().events().sequence());
        expect("entries", entries, head.log().messageCount() - head.cut().entries());
    }

    private static void expect(String what, long found, long expected) {
        if (found != expected) {
            throw new Node.Malformed("there are " + found + " " + what + " instead of " + expected);
        }
    }
}
