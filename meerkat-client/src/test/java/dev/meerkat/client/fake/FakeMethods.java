package dev.meerkat.client.fake;

import java.util.ArrayList;
import java.util.List;

/** The methods that a fake announces: those of the real server that it has. */
final class FakeMethods {
    private static final List<String> COMMON = List.of(
            "initialized",
            "initialize",
            "session/create",
            "session/list",
            "session/read",
            "session/history",
            "session/archive",
            "turn/start",
            "turn/interrupt",
            "capabilities/get",
            "runtime/host_info",
            "runtime/capabilities",
            "runtime/health",
            "session/external_event",
            "session/peer_response_terminal",
            "session/inject_context",
            "events/latest_cursor",
            "events/list_since",
            "events/snapshot",
            "session/stream_open",
            "session/stream_close",
            "mob/create",
            "mob/spawn",
            "mob/wire",
            "mob/unwire",
            "mob/member_status",
            "comms/send",
            "comms/peers");

    private FakeMethods() {}

    static List<String> of(FakeLine line) {
        List<String> methods = new ArrayList<>(COMMON);
        if (line.is09()) {
            methods.add("session/input_status");
            methods.add("tools/register");
        }
        return methods;
    }
}
