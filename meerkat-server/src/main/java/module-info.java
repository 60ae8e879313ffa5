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
    requires org.eclipse.jetty.server;
    requires org.slf4j;

    exports dev.meerkat.server;
}
