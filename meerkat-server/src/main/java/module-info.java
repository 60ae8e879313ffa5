import org.jspecify.annotations.NullMarked;

/** Serves a Meerkat over REST, JSON-RPC and MCP. */
@NullMarked
module dev.meerkat.server {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.api;
    requires transitive dev.meerkat.wire;
    requires transitive dev.meerkat.webhooks;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires dev.meerkat.core;
    requires io.modelcontextprotocol.sdk.mcp.core;
    requires io.modelcontextprotocol.sdk.mcp.json.jackson2;
    requires jakarta.servlet;
    requires org.eclipse.jetty.ee11.servlet;
    requires org.eclipse.jetty.server;
    requires org.slf4j;
    requires reactor.core;
    requires org.reactivestreams;

    exports dev.meerkat.server;
}
