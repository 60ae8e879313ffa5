import dev.meerkat.wire.internal.JacksonJsonCodec;
import org.jspecify.annotations.NullMarked;

/** How values look as JSON, on the wire and stored; and the JSON codec of the other modules, on Jackson 2. */
@NullMarked
module dev.meerkat.wire {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.api;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;

    exports dev.meerkat.wire;
    exports dev.meerkat.wire.internal to
            dev.meerkat.client,
            dev.meerkat.core,
            dev.meerkat.server;
    exports dev.meerkat.wire.internal.form to
            dev.meerkat.client,
            dev.meerkat.core,
            dev.meerkat.server;
    exports dev.meerkat.wire.internal.comms to
            dev.meerkat.client,
            dev.meerkat.server;
    exports dev.meerkat.wire.internal.fault to
            dev.meerkat.client,
            dev.meerkat.server;
    exports dev.meerkat.wire.internal.framing to
            dev.meerkat.client,
            dev.meerkat.core,
            dev.meerkat.server;

    uses dev.meerkat.api.JsonBinder;

    provides dev.meerkat.api.JsonCodec with
            JacksonJsonCodec;
}
