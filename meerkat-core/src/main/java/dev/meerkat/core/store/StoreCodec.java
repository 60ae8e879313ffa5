package dev.meerkat.core.store;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.internal.codec.FailedForm;
import dev.meerkat.core.internal.codec.SessionForm;
import dev.meerkat.wire.internal.form.ContentForm;
import dev.meerkat.wire.internal.form.EventForm;
import dev.meerkat.wire.internal.form.InputForm;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import dev.meerkat.wire.internal.form.ScheduleForm;
import dev.meerkat.wire.internal.form.SpecForm;
import dev.meerkat.wire.internal.form.StoredCommandForm;
import dev.meerkat.wire.internal.form.TranscriptForm;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The stored form of what a durable {@link SessionStore} keeps: UTF-8 JSON objects, whose type names
 * and field names never change their meaning.
 *
 * <p>Foreign JSON keeps its text. Events and content blocks of a type that this version does not
 * know are read as {@code Unrecognized}, and unknown fields are ignored; everything else that is not
 * as it was written is refused with a {@link StoreException} that names it. Thread-safe.
 */
public final class StoreCodec {
    private StoreCodec() {}

    /**
     * Writes what an input says.
     *
     * @param body the body
     * @return its stored form
     */
    public static byte[] encode(InputBody body) {
        return Out.object(out -> InputForm.write(out, body));
    }

    /**
     * Writes what an input says, and its trace.
     *
     * @param input the input
     * @return its stored form, for {@link #decodeAdmitted}; {@link #decodeInput} reads the body from it
     */
    public static byte[] encode(NewInput input) {
        return Out.object(out -> {
            InputForm.write(out, input.body());
            input.trace().ifPresent(trace -> SessionForm.write(out, trace));
        });
    }

    /**
     * Reads an admitted input.
     *
     * @param stored the stored form of what it says
     * @param id its id
     * @param position where it stands in the session's event log
     * @param at when it was admitted
     * @return the input
     * @throws StoreException if it cannot be read
     */
    public static AdmittedInput decodeAdmitted(byte[] stored, InputId id, Cursor position, Instant at) {
        return decode(
                "input", stored, in -> new AdmittedInput(id, position, at, InputForm.read(in), SessionForm.trace(in)));
    }

    /**
     * Reads what an input says.
     *
     * @param stored its stored form
     * @return the body
     * @throws StoreException if it cannot be read
     */
    public static InputBody decodeInput(byte[] stored) {
        return decode("input", stored, InputForm::read);
    }

    /**
     * Writes an event, without its cursor.
     *
     * @param event the event
     * @return its stored form
     * @throws IllegalArgumentException if it is a {@link SessionEvent.Live} one, which no log has
     */
    public static byte[] encode(SessionEvent event) {
        return Out.object(out -> EventForm.write(out, event));
    }

    /**
     * Writes events that follow each other, without their cursors.
     *
     * @param events the events, at least one
     * @return their stored form, for {@link #decodeEvents}
     * @throws IllegalArgumentException if one is a {@link SessionEvent.Live} one, which no log has
     */
    public static byte[] encode(List<SessionEvent> events) {
        return events.size() == 1
                ? encode(events.get(0))
                : Out.object(out -> out.list("events", events, EventForm::write));
    }

    /**
     * Reads events that follow each other.
     *
     * @param stored their stored form, also that of a single one
     * @param last where the last one stands
     * @return the events
     * @throws StoreException if they cannot be read
     */
    public static List<SessionEvent> decodeEvents(byte[] stored, Cursor last) {
        return decode("event", stored, in -> in.has("type") ? List.of(EventForm.read(in, last)) : following(in, last));
    }

    private static List<SessionEvent> following(Node in, Cursor last) {
        List<Node> forms = in.list("events", event -> event);
        if (forms.isEmpty()) {
            throw new Node.Malformed("it has no event");
        }
        List<SessionEvent> events = new ArrayList<>();
        for (Node form : forms) {
            events.add(EventForm.read(form, new Cursor(last.sequence() - forms.size() + events.size() + 1)));
        }
        return events;
    }

    /**
     * Reads an event.
     *
     * @param stored its stored form
     * @param cursor where it stands
     * @return the event
     * @throws StoreException if it cannot be read
     */
    public static SessionEvent decodeEvent(byte[] stored, Cursor cursor) {
        return decode("event", stored, in -> EventForm.read(in, cursor));
    }

    /**
     * Writes a transcript entry.
     *
     * @param entry the entry
     * @return its stored form
     */
    public static byte[] encode(TranscriptEntry entry) {
        return Out.object(out -> TranscriptForm.write(out, entry));
    }

    /**
     * Reads a transcript entry.
     *
     * @param stored its stored form
     * @return the entry
     * @throws StoreException if it cannot be read
     */
    public static TranscriptEntry decodeTranscript(byte[] stored) {
        return decode("transcript entry", stored, TranscriptForm::read);
    }

    /**
     * Writes an envelope.
     *
     * @param envelope the envelope
     * @return its stored form
     */
    public static byte[] encode(Envelope envelope) {
        return Out.object(out -> SessionForm.write(out, envelope));
    }

    /**
     * Reads an envelope.
     *
     * @param stored its stored form
     * @return the envelope
     * @throws StoreException if it cannot be read
     */
    public static Envelope decodeEnvelope(byte[] stored) {
        return decode("envelope", stored, SessionForm::envelope);
    }

    /**
     * Writes a command.
     *
     * @param command the command
     * @return its stored form
     */
    public static byte[] encode(CommsCommand<?> command) {
        return Out.object(out -> StoredCommandForm.write(out, command));
    }

    /**
     * Reads a command.
     *
     * @param stored its stored form
     * @return the command
     * @throws StoreException if it cannot be read
     */
    public static CommsCommand<?> decodeCommand(byte[] stored) {
        return decode("command", stored, StoredCommandForm::read);
    }

    /**
     * Writes a spec.
     *
     * @param spec the spec
     * @return its stored form
     */
    public static byte[] encode(SessionSpec spec) {
        return Out.object(out -> SpecForm.write(out, spec));
    }

    /**
     * Reads a spec.
     *
     * @param stored its stored form
     * @return the spec
     * @throws StoreException if it cannot be read
     */
    public static SessionSpec decodeSpec(byte[] stored) {
        return decode("session spec", stored, SpecForm::read);
    }

    /**
     * Writes how far a session got.
     *
     * @param progress the progress
     * @return its stored form
     */
    public static byte[] encode(SessionProgress progress) {
        return Out.object(out -> SessionForm.write(out, progress));
    }

    /**
     * Reads how far a session got.
     *
     * @param stored its stored form
     * @return the progress
     * @throws StoreException if it cannot be read
     */
    public static SessionProgress decodeProgress(byte[] stored) {
        return decode("session progress", stored, SessionForm::progress);
    }

    /**
     * Writes how an input failed: all but the input and its state.
     *
     * @param failed the failed input
     * @return its stored form
     */
    public static byte[] encode(FailedInput failed) {
        return Out.object(out -> FailedForm.write(out, failed));
    }

    /**
     * Reads how an input failed.
     *
     * @param stored its stored form
     * @param input the input
     * @param state what becomes of it
     * @return the failed input
     * @throws StoreException if it cannot be read
     */
    public static FailedInput decodeFailed(byte[] stored, AdmittedInput input, FailedInput.State state) {
        return decode("failed input", stored, in -> FailedForm.read(in, input, state));
    }

    /**
     * Writes a schedule, but for its id and when it is due next.
     *
     * @param schedule the schedule
     * @return its stored form
     */
    public static byte[] encode(Schedule schedule) {
        return Out.object(out -> ScheduleForm.writeStored(out, schedule));
    }

    /**
     * Reads a schedule.
     *
     * @param stored its stored form
     * @param id its id
     * @param next when it is due next
     * @return the schedule
     * @throws StoreException if it cannot be read
     */
    public static Schedule decodeSchedule(byte[] stored, ScheduleId id, Instant next) {
        return decode("schedule", stored, in -> ScheduleForm.stored(in, id, next));
    }

    /**
     * Writes a reply.
     *
     * @param reply the reply
     * @return its stored form
     */
    public static byte[] encode(PeerReply reply) {
        return Out.object(out -> ContentForm.write(out, reply));
    }

    /**
     * Reads a reply.
     *
     * @param stored its stored form
     * @return the reply
     * @throws StoreException if it cannot be read
     */
    public static PeerReply decodeReply(byte[] stored) {
        return decode("reply", stored, ContentForm::reply);
    }

    private static <T> T decode(String what, byte[] stored, Function<Node, T> form) {
        try {
            return form.apply(Node.parse(stored));
        } catch (IOException | Node.Malformed | InvalidFieldException | ArithmeticException e) {
            throw new StoreException("a stored " + what + " cannot be read: " + e.getMessage(), e);
        }
    }
}
