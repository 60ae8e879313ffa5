import org.jspecify.annotations.NullMarked;

/** A client of remote Meerkat servers, over REST and JSON-RPC. */
@NullMarked
module dev.meerkat.client {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.api;
    requires transitive okhttp3;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires dev.meerkat.wire;
    requires okhttp3.sse;
    requires org.slf4j;

    exports dev.meerkat.client;
}
