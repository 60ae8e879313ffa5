package dev.meerkat.cli;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Json;
import dev.meerkat.api.Peer;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.StoreCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The JSON documents that scripts read. They are texts, since they may be larger than a {@link Json}, such as an event
 * around the largest message.
 */
final class Documents {
    private Documents() {}

    /** JSON as it is. */
    record Raw(String text) {
        static Raw of(byte[] json) {
            return new Raw(new String(json, StandardCharsets.UTF_8));
        }

        static Raw list(List<Raw> elements) {
            StringJoiner list = new StringJoiner(",", "[", "]");
            elements.forEach(element -> list.add(element.text));
            return new Raw(list.toString());
        }
    }

    /** An object of names and values, in order; an empty {@code Optional} is left out. */
    static String object(Object... namesAndValues) {
        StringJoiner object = new StringJoiner(",", "{", "}");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value instanceof Optional<?> optional) {
                if (optional.isEmpty()) {
                    continue;
                }
                value = optional.get();
            }
            String text = value instanceof Raw raw ? raw.text : Json.of(value).text();
            object.add(Json.of(namesAndValues[i]) + ":" + text);
        }
        return object.toString();
    }

    static Raw of(AdmittedInput input) {
        return new Raw(object(
                "id",
                input.id().toString(),
                "at",
                input.at().toString(),
                "body",
                Raw.of(StoreCodec.encode(input.body()))));
    }

    static Raw of(TranscriptEntry entry) {
        return Raw.of(StoreCodec.encode(entry));
    }

    static String of(SessionEvent event) {
        return object("cursor", event.cursor().sequence(), "event", body(event));
    }

    private static Raw body(SessionEvent event) {
        if (event instanceof SessionEvent.TextDelta delta) {
            return new Raw(
                    object("type", "text_delta", "turn_id", delta.turnId().toString(), "delta", delta.delta()));
        }
        if (event instanceof SessionEvent.ToolCallStarted call) {
            return new Raw(
                    object("type", "tool_call_started", "turn_id", call.turnId().toString(), "name", call.name()));
        }
        if (event instanceof SessionEvent.Gap gap) {
            return new Raw(object("type", "gap", "dropped", gap.dropped()));
        }
        return Raw.of(StoreCodec.encode(event));
    }

    static String of(SessionSnapshot session) {
        return object(
                "session_id",
                session.id().toString(),
                "realm",
                session.realm(),
                "comms_name",
                session.commsName(),
                "peer_id",
                session.peerId().map(Object::toString),
                "state",
                lower(session.state()),
                "keep_alive",
                session.keepAlive(),
                "created_at",
                session.createdAt().toString(),
                "waiting",
                session.waitingComms() + session.waitingExternal(),
                "messages",
                session.messageCount(),
                "last_cursor",
                session.lastCursor().sequence(),
                "labels",
                new TreeMap<>(session.labels()));
    }

    static String of(Peer peer) {
        return object(
                "peer_id",
                peer.id().toString(),
                "name",
                peer.name(),
                "sendable_kinds",
                new TreeSet<>(peer.sendableKinds()),
                "description",
                peer.meta().description(),
                "labels",
                new TreeMap<>(peer.meta().labels()));
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
