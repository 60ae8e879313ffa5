package dev.meerkat.server.internal.methods;

import dev.meerkat.server.internal.wire.HostWriter;
import java.util.Map;
import java.util.Set;

/** What this server is; none of these has parameters, and all ignore what they are given. */
final class HostMethods {
    private final HostWriter writer;

    HostMethods(HostWriter writer) {
        this.writer = writer;
    }

    /** Adds them to all methods, which {@code initialize} lists. */
    void addTo(Map<String, Method> methods, Set<String> listed) {
        methods.put("initialize", Method.direct((params, caller) -> writer.hello(listed)));
        methods.put("capabilities/get", Method.direct((params, caller) -> writer.capabilities()));
        methods.put("runtime/host_info", Method.direct((params, caller) -> writer.info()));
        methods.put("runtime/capabilities", Method.direct((params, caller) -> writer.features()));
        methods.put("runtime/health", Method.direct((params, caller) -> writer.health()));
    }
}
