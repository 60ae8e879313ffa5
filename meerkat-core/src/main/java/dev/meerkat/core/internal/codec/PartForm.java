package dev.meerkat.core.internal.codec;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.StoredRequest;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.wire.internal.form.ContentForm;
import dev.meerkat.wire.internal.form.EventForm;
import dev.meerkat.wire.internal.form.InputForm;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import dev.meerkat.wire.internal.form.ScheduleForm;
import dev.meerkat.wire.internal.form.SpecForm;
import dev.meerkat.wire.internal.form.TranscriptForm;
import java.util.HexFormat;
import java.util.Optional;

/** The form of the parts of a session in a file: each is an object that says of which kind it is. */
public final class PartForm {
    private PartForm() {}

    /** The kinds, in their order. */
    public enum Kind {
        /** {@link SessionPart.Head}. */
        SESSION,
        /** {@link SessionPart.Input}. */
        INPUT,
        /** {@link SessionPart.Event}. */
        EVENT,
        /** {@link SessionPart.Entry}. */
        ENTRY,
        /** {@link SessionPart.Key}. */
        KEY,
        /** {@link SessionPart.ReplyId}. */
        REPLY_ID,
        /** {@link SessionPart.Request}. */
        REQUEST,
        /** {@link SessionPart.Unsent}. */
        UNSENT,
        /** {@link SessionPart.Planned}. */
        SCHEDULE
    }

    /** Of which kind a part is. */
    public static Kind kind(SessionPart part) {
        if (part instanceof SessionPart.Head) {
            return Kind.SESSION;
        } else if (part instanceof SessionPart.Input) {
            return Kind.INPUT;
        } else if (part instanceof SessionPart.Event) {
            return Kind.EVENT;
        } else if (part instanceof SessionPart.Entry) {
            return Kind.ENTRY;
        } else if (part instanceof SessionPart.Key) {
            return Kind.KEY;
        } else if (part instanceof SessionPart.ReplyId) {
            return Kind.REPLY_ID;
        } else if (part instanceof SessionPart.Request) {
            return Kind.REQUEST;
        }
        return part instanceof SessionPart.Unsent ? Kind.UNSENT : Kind.SCHEDULE;
    }

    /** Writes a part. */
    public static void write(Out out, SessionPart part) {
        out.constant("kind", kind(part));
        if (part instanceof SessionPart.Head head) {
            head(out, head);
        } else if (part instanceof SessionPart.Input input) {
            input(out, input);
        } else if (part instanceof SessionPart.Event event) {
            out.number("cursor", event.event().cursor().sequence()).object("event", event.event(), EventForm::write);
        } else if (part instanceof SessionPart.Entry entry) {
            out.object("entry", entry.entry(), TranscriptForm::write);
        } else if (part instanceof SessionPart.Key key) {
            out.text("key", key.key().key()).text("digest", key.key().digest());
        } else if (part instanceof SessionPart.ReplyId reply) {
            out.id("id", reply.id()).number("cursor", reply.position().sequence());
        } else if (part instanceof SessionPart.Request request) {
            request(out, request.request());
        } else if (part instanceof SessionPart.Unsent unsent) {
            out.object("envelope", unsent.envelope(), SessionForm::write);
        } else if (part instanceof SessionPart.Planned planned) {
            out.object("schedule", planned.schedule(), ScheduleForm::write);
        }
    }

    /** Reads a part. */
    public static SessionPart read(Node in) {
        return switch (in.constant("kind", Kind.class)) {
            case SESSION -> head(in);
            case INPUT -> input(in);
            case EVENT -> new SessionPart.Event(EventForm.read(in.object("event"), new Cursor(in.number("cursor"))));
            case ENTRY -> new SessionPart.Entry(TranscriptForm.read(in.object("entry")));
            case KEY -> new SessionPart.Key(new ContextKey(in.text("key"), in.text("digest")));
            case REPLY_ID -> new SessionPart.ReplyId(InputId.of(in.text("id")), new Cursor(in.number("cursor")));
            case REQUEST -> new SessionPart.Request(request(in));
            case UNSENT -> new SessionPart.Unsent(SessionForm.envelope(in.object("envelope")));
            case SCHEDULE -> new SessionPart.Planned(ScheduleForm.schedule(in.object("schedule")));
        };
    }

    private static void head(Out out, SessionPart.Head head) {
        out.id("session_id", head.id())
                .object("spec", head.spec(), SpecForm::write)
                .text("identity", HexFormat.of().formatHex(head.identitySeed()))
                .time("created_at", head.createdAt())
                .flag("archived", head.standing().archived())
                .number("version", head.standing().version())
                .object("progress", head.standing().progress(), SessionForm::write)
                .object("admitted", head.admitted(), SessionForm::write)
                .number("last_cursor", head.log().last().sequence())
                .number("message_count", head.log().messageCount())
                .number("cut_cursor", head.cut().events().sequence())
                .number("cut_messages", head.cut().entries());
    }

    private static SessionPart.Head head(Node in) {
        return new SessionPart.Head(
                SessionId.of(in.text("session_id")),
                SpecForm.read(in.object("spec")),
                seed(in.text("identity")),
                in.time("created_at"),
                new StoredSession.Standing(
                        in.flag("archived"), in.number("version"), SessionForm.progress(in.object("progress"))),
                SessionForm.marks(in.object("admitted")),
                new StoredSession.Log(new Cursor(in.number("last_cursor")), in.number("message_count")),
                new Cut(new Cursor(in.number("cut_cursor")), in.number("cut_messages")));
    }

    private static byte[] seed(String text) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            throw new Node.Malformed("field identity is no hexadecimal text");
        }
    }

    private static void input(Out out, SessionPart.Input part) {
        out.constant("track", part.track()).number("number", part.number());
        InputForm.write(out, part.input());
        part.input().trace().ifPresent(trace -> SessionForm.write(out, trace));
        part.failed().ifPresent(failed -> out.object("failed", failed, PartForm::failed));
    }

    private static void failed(Out out, FailedInput failed) {
        out.constant("state", failed.state());
        FailedForm.write(out, failed);
    }

    private static SessionPart.Input input(Node in) {
        AdmittedInput plain = InputForm.admitted(in);
        AdmittedInput input =
                new AdmittedInput(plain.id(), plain.position(), plain.at(), plain.body(), SessionForm.trace(in));
        Optional<FailedInput> failed = Optional.empty();
        if (in.has("failed")) {
            Node of = in.object("failed");
            failed = Optional.of(FailedForm.read(of, input, of.constant("state", FailedInput.State.class)));
        }
        return new SessionPart.Input(in.constant("track", Track.class), in.number("number"), input, failed);
    }

    private static void request(Out out, StoredRequest request) {
        out.id("id", request.id())
                .id("requester", request.requester())
                .id("responder", request.responder())
                .flag("to_handle", request.toHandle())
                .time("deadline", request.deadline().orElse(null))
                .object("reply", request.reply().orElse(null), ContentForm::write);
    }

    private static StoredRequest request(Node in) {
        return new StoredRequest(
                RequestId.of(in.text("id")),
                SessionId.of(in.text("requester")),
                SessionId.of(in.text("responder")),
                in.flag("to_handle"),
                in.has("deadline") ? Optional.of(in.time("deadline")) : Optional.empty(),
                in.has("reply") ? Optional.of(ContentForm.reply(in.object("reply"))) : Optional.empty());
    }
}
